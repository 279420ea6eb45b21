import { AppError } from "../errors.js"
import { Rng } from "../rng.js"
import type { Sample } from "./sample.js"

/** What must stay together on one side. `unsafe-by-image` keeps nothing together: impressions of one finger land on
 *  both sides and the figures flatter. It exists to show exactly that. */
export type SplitBy = "subject" | "finger" | "unsafe-by-image"

/** How samples are divided, and what must not lie on both sides: people or fingers. */
export type SplitPlan =
  | { readonly by: SplitBy; readonly seed: number; readonly folds: number }
  | {
      readonly by: SplitBy
      readonly seed: number
      readonly fractions: { readonly train: number; readonly dev: number; readonly eval: number }
    }

/** One division of the samples. */
export interface Split {
  readonly fold: number
  readonly train: readonly Sample[]
  /** For early stopping and thresholds. */
  readonly dev: readonly Sample[]
  /** For figures, and nothing else. */
  readonly eval: readonly Sample[]
}

/** The name of the group that a sample must stay with. @throws AppError "split/unlabelled" */
export function groupOf(sample: Sample, by: SplitBy): string {
  if (by === "unsafe-by-image") return sample.path
  const missing = sample.subject === "" ? "subject" : by === "finger" && sample.finger === "" ? "finger" : undefined
  if (missing !== undefined) {
    throw new AppError(
      "split/unlabelled",
      `${sample.path} has no ${missing}, so it cannot be split by ${by}; import it with a pattern that names it`,
    )
  }
  return by === "subject" ? sample.subject : `${sample.subject}/${sample.finger}`
}

/** What every side must have of: the scanner, or another label of a sample. */
export type ClassOf = (sample: Sample) => string
const scannerOf: ClassOf = ({ scanner }) => scanner

/** Groups in dealing order: shuffled by seed within each set of scanners that a group was seen on, so that every side
 *  gets its share of each scanner. */
function dealtGroups(samples: readonly Sample[], by: SplitBy, seed: number, classOf: ClassOf): Map<string, string[]> {
  const scannersOf = new Map<string, Set<string>>()
  for (const sample of samples) {
    const group = groupOf(sample, by)
    const scanners = scannersOf.get(group) ?? new Set()
    scannersOf.set(group, scanners.add(classOf(sample)))
  }
  const strata = new Map<string, string[]>()
  for (const group of [...scannersOf.keys()].sort()) {
    const stratum = [...(scannersOf.get(group) ?? [])].sort().join("|")
    strata.set(stratum, [...(strata.get(stratum) ?? []), group])
  }
  for (const [stratum, groups] of strata) strata.set(stratum, new Rng(seed).fork(`split/${stratum}`).shuffled(groups))
  return strata
}

/** Which fold each group belongs to; every stratum starts where the last one ended, so small strata fill up evenly. */
function foldOfGroups(strata: ReadonlyMap<string, readonly string[]>, folds: number): Map<string, number> {
  const foldOf = new Map<string, number>()
  let next = 0
  for (const groups of strata.values()) {
    for (const group of groups) foldOf.set(group, next++ % folds)
  }
  return foldOf
}

function sideOfGroups(
  strata: ReadonlyMap<string, readonly string[]>,
  { train, dev }: { train: number; dev: number },
): Map<string, "train" | "dev" | "eval"> {
  const sideOf = new Map<string, "train" | "dev" | "eval">()
  for (const groups of strata.values()) {
    const trainEnd = Math.round(groups.length * train)
    const devEnd = Math.round(groups.length * (train + dev))
    groups.forEach((group, i) => {
      sideOf.set(group, i < trainEnd ? "train" : i < devEnd ? "dev" : "eval")
    })
  }
  return sideOf
}

/** Splits by the plan. With folds: fold i is eval, fold i + 1 is dev, the rest trains; every sample is eval exactly
 *  once. The same samples, plan and seed give the same splits, whatever the order of rows.
 *  @throws AppError "split/unlabelled", "split/too-few", "split/leak"; RangeError for an impossible plan */
export function splitSamples(samples: readonly Sample[], plan: SplitPlan, classOf = scannerOf): Split[] {
  const strata = dealtGroups(samples, plan.by, plan.seed, classOf)
  const take = (fold: number, side: (group: string) => "train" | "dev" | "eval"): Split => {
    const of = (wanted: string): Sample[] => samples.filter((sample) => side(groupOf(sample, plan.by)) === wanted)
    const split = { fold, train: of("train"), dev: of("dev"), eval: of("eval") }
    requireUsable(split, samples, classOf)
    if (plan.by !== "unsafe-by-image") requireNoLeak(split, plan.by)
    return split
  }
  if ("folds" in plan) {
    if (!Number.isInteger(plan.folds) || plan.folds < 3) throw new RangeError("folds must be a whole number from 3")
    const foldOf = foldOfGroups(strata, plan.folds)
    return Array.from({ length: plan.folds }, (_, fold) =>
      take(fold, (group) => {
        const own = foldOf.get(group)
        return own === fold ? "eval" : own === (fold + 1) % plan.folds ? "dev" : "train"
      }),
    )
  }
  const { train, dev, eval: evaluation } = plan.fractions
  if (Math.min(train, dev, evaluation) <= 0 || Math.abs(train + dev + evaluation - 1) > 1e-9) {
    throw new RangeError("train, dev and eval must be positive and sum to 1")
  }
  const sideOf = sideOfGroups(strata, plan.fractions)
  return [take(0, (group) => sideOf.get(group) ?? "train")]
}

/** Every scanner must be seen on every side. */
function requireUsable(split: Split, samples: readonly Sample[], classOf: ClassOf): void {
  for (const name of new Set(samples.map(classOf))) {
    for (const side of ["train", "dev", "eval"] as const) {
      if (!split[side].some((sample) => classOf(sample) === name)) {
        throw new AppError(
          "split/too-few",
          `${classOf === scannerOf ? "scanner " : ""}${name} has too few fingers or people for this split: ` +
            `none is left for ${side} of ` +
            `fold ${split.fold}`,
        )
      }
    }
  }
}

/** Refuses a split with one group, or one and the same file, on two sides.
 *  @throws AppError "split/leak" that names the group or the files */
export function requireNoLeak(split: Split, by: Exclude<SplitBy, "unsafe-by-image">): void {
  const sideOf = new Map<string, { side: string; path: string }>()
  for (const side of ["train", "dev", "eval"] as const) {
    for (const sample of split[side]) {
      for (const key of [`${by} ${groupOf(sample, by)}`, `file content ${sample.sha256}`]) {
        const seen = sideOf.get(key)
        if (seen !== undefined && seen.side !== side) {
          throw new AppError(
            "split/leak",
            `${key} is on two sides of fold ${split.fold}: ${seen.path} (${seen.side}) and ${sample.path} ` +
              `(${side}); run "sourceprint data check"`,
          )
        }
        if (seen === undefined) sideOf.set(key, { side, path: sample.path })
      }
    }
  }
}
