import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { stringify } from "yaml"
import { readConfigText, resolveConfig } from "./config-file.js"
import type { SplitConfig } from "./experiment-config.js"
import { planExperiment } from "./plan.js"

export interface ExperimentAnswers {
  readonly name: string
  readonly dataset: string
  readonly models: readonly string[]
  readonly question: string
}

const MOST_FOLDS = 5

/** The safest split that the data bear: by person where there are enough, else by finger; as many folds as every
 *  scanner has groups for, five at most. @throws AppError "split/too-few" */
function splitFor(samples: readonly Sample[]): SplitConfig {
  let refusal: unknown
  for (const by of ["subject", "finger"] as const) {
    for (let folds = MOST_FOLDS; folds >= 3; folds--) {
      try {
        splitSamples(samples, { by, seed: 1, folds })
        return { by, seed: 1, folds }
      } catch (error) {
        refusal = error
      }
    }
  }
  throw refusal
}

/** @throws the first refusal, where every kind of window is refused */
function firstAccepted(textWith: (kind: string) => string): string {
  try {
    return textWith("common-window")
  } catch (refusal) {
    try {
      return textWith("sensor-window") // models of a sensor's own pixels take no other
    } catch {
      throw refusal
    }
  }
}

/** Writes `<folder>/<name>.yaml`, checked against the data. @returns its path
 *  @throws AppError "manifest/…", "split/…", "config/…", "plan/…", "new/exists" */
export async function newExperiment(folder: string, answers: ExperimentAnswers): Promise<string> {
  const { name, dataset, models, question } = answers
  const samples = await readSamples(dataset)
  const sidePx = Math.min(128, ...samples.map(({ widthPx, heightPx }) => Math.min(widthPx, heightPx)))
  const path = join(folder, `${name}.yaml`)
  const hint = "# Every key, its range and its default: docs/configuration.md, or sourceprint schema experiment."
  const scanners = [...new Set(samples.map(({ scanner }) => scanner))]
  /** The file's text with windows of a kind. @throws where a model does not take them */
  const textWith = (kind: string): string => {
    const content = {
      name,
      question,
      dataset: { folder: dataset },
      tasks: { kind: "one-vs-all", targets: "every" },
      split: splitFor(samples),
      view: { region: { kind, sidePx: Math.max(32, sidePx) } },
      models: models.map((id) => ({ id })),
    }
    const text = `${hint}\n${stringify(content)}`
    const source = readConfigText(text, path)
    resolveConfig(source)
    planExperiment(source, scanners)
    return text
  }
  const text = firstAccepted(textWith)
  await mkdir(folder, { recursive: true })
  await writeFile(path, text, { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "EEXIST" ? "it is there already; choose another name" : messageOf(cause)
    throw new AppError(cause.code === "EEXIST" ? "new/exists" : "file/write", `${path}: ${why}`, { cause })
  })
  return path
}
