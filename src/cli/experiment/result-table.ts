import type { Interval } from "@sourceprint/core/metrics/interval.js"
import type { ExperimentConfig } from "@sourceprint/train/experiment-config.js"
import { verdictSentence } from "@sourceprint/train/report/verdict.js"
import type { RunMetrics } from "@sourceprint/train/run-summary.js"
import { textTable } from "../text-table.js"

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`
const withInterval = (value: number, { low, high }: Interval): string =>
  low === high ? percent(value) : `${percent(value)} (${(100 * low).toFixed(2)}-${(100 * high).toFixed(2)})`

/** Models of a finished run with their figures on eval, then which was chosen on dev and how it stands on eval. */
export function resultTable(metrics: RunMetrics, config: Pick<ExperimentConfig, "tasks" | "winner">): string {
  const { arms: configurations, winner } = metrics
  const table = textTable(
    ["model", "jobs", "balanced accuracy (95 %)", "pooled EER (95 %)", "FMR (95 %)", "FNMR (95 %)", "parameters"],
    configurations.map(({ label, cells: jobs, parameterCount, pooled: { balancedAccuracy, eer, fmr, fnmr } }) => [
      label,
      jobs,
      withInterval(balancedAccuracy.value, balancedAccuracy.interval),
      withInterval(eer.value, eer.interval),
      `${withInterval(fmr.rate, fmr.interval)} ${fmr.errors}/${fmr.trials}`,
      `${withInterval(fnmr.rate, fnmr.interval)} ${fnmr.errors}/${fnmr.trials}`,
      parameterCount,
    ]),
  )
  const tied = winner.tied.length > 0 ? `; equal to it: ${winner.tied.join(", ")}` : ""
  return `${table}\n\n${verdictSentence(metrics, config)}\nrule: ${winner.rule}${tied}`
}
