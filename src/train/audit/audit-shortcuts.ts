import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import type { Region } from "@sourceprint/model/input-contract.js"
import { probeVectors } from "./probe-features.js"
import { type AuditedImage, auditTask, type ProbeFigures } from "./shortcut-audit.js"
import { type ProbeSummary, summariseProbes } from "./shortcut-warning.js"

type Side = readonly { readonly index: number; readonly label: 0 | 1 }[]

export interface AuditRequest {
  readonly datasetFolder: string
  readonly samples: readonly Sample[]
  /** What the models of the run see. */
  readonly region: Region
  /** Every task and fold of the run with the very sides the models have; `index` points into `samples`. */
  readonly splits: readonly {
    readonly task: string
    readonly fold: number
    readonly train: Side
    readonly dev: Side
    readonly eval: Side
  }[]
  readonly progress?: Progress
}

/** The record of an audit; the report draws it and warns by `shortcutWarnings`. */
export interface ShortcutAudit {
  readonly region: Region
  readonly summaries: readonly ProbeSummary[]
  readonly figures: readonly ProbeFigures[]
}

/** Trains the shortcut probes on every task and fold of a run. Deterministic.
 *  @throws AppError "image/unreadable", RangeError when a side lacks a class */
export async function auditShortcuts(request: AuditRequest): Promise<ShortcutAudit> {
  const { datasetFolder, samples, region, splits, progress = noProgress } = request
  progress.start(samples.length + splits.length, "audit steps")
  const vectors: AuditedImage["vectors"][] = []
  for (const { path } of samples) {
    vectors.push(probeVectors(await readGrayImage(join(datasetFolder, path)), region))
    progress.update(vectors.length)
  }
  const side = (images: Side): AuditedImage[] => images.map(({ index, label }) => ({ label, vectors: vectors[index] }))
  const figures = splits.flatMap(({ task, fold, ...sides }, done) => {
    const rows = { train: side(sides.train), dev: side(sides.dev), eval: side(sides.eval) }
    progress.update(samples.length + done, task)
    return auditTask({ id: task, fold }, rows)
  })
  progress.stop()
  return { region, summaries: summariseProbes(figures), figures }
}
