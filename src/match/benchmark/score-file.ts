import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { stringify } from "csv-stringify/sync"
import type { Comparison, TemplatePlan } from "./comparison-plan.js"

/** All scores of one matcher on one set, with what is known of its templates. */
export interface SetScores {
  readonly matcher: string
  readonly set: string
  readonly templates: readonly (Pick<TemplatePlan, "id" | "identity" | "role"> & {
    readonly images: readonly string[]
    /** Reason of a failure to enrol, or null. */
    readonly failure: string | null
    /** 0 to 100 */
    readonly quality: number
    /** Of making the template, milliseconds on one thread. */
    readonly cpuMs: number
  })[]
  readonly comparisons: readonly (Comparison & { readonly score: number })[]
  /** Of all comparisons together, milliseconds on one thread. */
  readonly compareCpuMs: number
}

export const templatesFileOf = (scoreFile: string): string => scoreFile.replace(/\.csv$/, "-templates.csv")
export const costFileOf = (scoreFile: string): string => scoreFile.replace(/\.csv$/, "-cost.json")

/** Every comparison as a row: reference, probe, genuine (0 or 1), score. Beside it `<name>-templates.csv`, and
 *  `<name>-cost.json`, written last: where it is, the others are whole. */
export async function writeScoreFile(path: string, scores: SetScores): Promise<void> {
  const { templates } = scores
  const rows = scores.comparisons.map(({ reference, probe, genuine, score }) => [
    templates[reference]?.id,
    templates[probe]?.id,
    genuine ? 1 : 0,
    score,
  ])
  await writeFileAtomic(path, stringify([["reference", "probe", "genuine", "score"], ...rows]))
  const columns = ["id", "identity", "role", "failure", "quality", "cpuMs"] as const
  const templateRows = templates.map((t) => [...columns.map((c) => t[c] ?? ""), JSON.stringify(t.images)])
  await writeFileAtomic(templatesFileOf(path), stringify([[...columns, "images"], ...templateRows]))
  await writeFileAtomic(costFileOf(path), JSON.stringify({ compareCpuMs: scores.compareCpuMs }))
}
