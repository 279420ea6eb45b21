import type { ChosenThreshold } from "@sourceprint/core/metrics/threshold.js"
import { logOdds } from "../heat-map.js"
import type { JobScore } from "../run-record.js"
import type { LoadedJob } from "./load-run.js"

/** One decision of one trained model on one eval image. */
export interface JudgedImage {
  readonly job: LoadedJob
  readonly row: JobScore
  readonly threshold: ChosenThreshold["threshold"]
  readonly isError: boolean
  /** log-odds between score and threshold: how sure the model was; below 0 on the wrong side of it */
  readonly margin: number
}

/** The surest errors first; where there are fewer than `count`, the narrowest right decisions follow. One image stands
 *  once for each task, with its worst fold or seed. */
export function worstDecisions(jobs: readonly LoadedJob[], count: number): JudgedImage[] {
  const judged = jobs.flatMap((job) => {
    const { threshold } = job.metrics.threshold
    return job.scores
      .filter(({ side }) => side === "eval")
      .map((row): JudgedImage => {
        const isError = row.score >= threshold !== (row.label === 1)
        const gap = Math.abs(logOdds(row.score) - logOdds(threshold))
        return { job, row, threshold, isError, margin: isError ? -gap : gap }
      })
  })
  judged.sort((a, b) => a.margin - b.margin || (a.row.path < b.row.path ? -1 : 1))
  const seen = new Set<string>()
  return judged
    .filter(({ job, row }) => {
      const key = `${job.metrics.task}\n${row.path}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    .slice(0, count)
}
