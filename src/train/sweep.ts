import { AppError } from "@sourceprint/core/errors.js"
import { resolveConfig, type WrittenConfig } from "./config-file.js"
import { formatPath, resolvedPath, withValueAt } from "./config-path.js"
import type { ExperimentConfig, SweepConfig } from "./experiment-config.js"

/** One setting of a sweep's paths, and the configuration that it gives. */
export interface Variant {
  /** Path, with list members as indexes -> value. Empty without a sweep. */
  readonly values: ReadonlyMap<string, unknown>
  readonly config: ExperimentConfig
}

/** The file with `values` at their paths, checked like a file of its own. @param name of the setting, for errors */
export function variantOf(source: WrittenConfig, values: ReadonlyMap<string, unknown>, name: string): Variant {
  let written = source.written
  for (const [path, value] of values) written = withValueAt(written, path, value)
  const placeOf = (): string => `${name} ${[...values].map(([path, v]) => `${path}=${JSON.stringify(v)}`).join(" ")}`
  const named = [...values].map(([path, v]) => [formatPath(resolvedPath(written, path)), v] as const)
  return { values: new Map(named), config: resolveConfig({ written, placeOf }) }
}

/** What a sweep may turn: what makes one model differ from another. */
const SWEPT = ["split", "train", "view", "augment", "models", "training"]
const MAX_VARIANTS = 10_000

/** Every combination: the lists of `product` crossed with each other and with the rows of `zip`. */
export function combinations({ product, zip }: SweepConfig): Map<string, unknown>[] {
  const zipped = Object.entries(zip)
  const rows = zipped[0]?.[1].length ?? 1
  let all = Array.from({ length: rows }, (_, row) => new Map(zipped.map(([path, list]) => [path, list[row]])))
  for (const [path, list] of Object.entries(product)) {
    all = all.flatMap((some) => list.map((value) => new Map(some).set(path, value)))
    if (all.length > MAX_VARIANTS) {
      throw new AppError("config/sweep", `the sweep has more than ${MAX_VARIANTS} combinations; shorten its lists`)
    }
  }
  return all
}

/** The configurations of a sweep; one, without a sweep.
 *  @throws AppError "config/sweep" for a path that may not be swept, and as `resolveConfig` */
export function variantsOf(source: WrittenConfig): { whole: ExperimentConfig; variants: Variant[] } {
  const whole = resolveConfig(source)
  const paths = [...Object.keys(whole.sweep.product), ...Object.keys(whole.sweep.zip)]
  for (const path of paths) {
    if (!SWEPT.includes(path.replace(/[.[].*/s, ""))) {
      throw new AppError("config/sweep", `${path} cannot be swept; a sweep turns ${SWEPT.join(", ")}`)
    }
    if (paths.indexOf(path) !== paths.lastIndexOf(path)) {
      throw new AppError("config/sweep", `${path} is in product and in zip; keep it in one`)
    }
  }
  if (paths.length === 0) return { whole, variants: [{ values: new Map(), config: whole }] }
  return { whole, variants: combinations(whole.sweep).map((values) => variantOf(source, values, "sweep")) }
}
