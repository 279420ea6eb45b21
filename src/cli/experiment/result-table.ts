import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { RunMetrics } from "@sourceprint/train/run-summary.js"
import { textTable } from "../text-table.js"

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`
const withInterval = ({ value, interval }: BootstrapResult): string =>
  `${percent(value)} (${(100 * interval.low).toFixed(2)}-${(100 * interval.high).toFixed(2)})`

/** Models of a finished run with their figures on eval, best first by the run's own rule at the end. */
export function resultTable({ arms: configurations, winner }: RunMetrics): string {
  const table = textTable(
    ["model", "jobs", "balanced accuracy (95 %)", "pooled EER (95 %)", "FMR", "FNMR", "parameters"],
    configurations.map(({ label, cells: jobs, parameterCount, pooled: { balancedAccuracy, eer, fmr, fnmr } }) => [
      label,
      jobs,
      withInterval(balancedAccuracy),
      withInterval(eer),
      `${percent(fmr.rate)} ${fmr.errors}/${fmr.trials}`,
      `${percent(fnmr.rate)} ${fnmr.errors}/${fnmr.trials}`,
      parameterCount,
    ]),
  )
  const tied = winner.tied.length > 0 ? `; equal to it: ${winner.tied.join(", ")}` : ""
  return `${table}\n\nwinner: ${winner.label} (${winner.rule}${tied})`
}
