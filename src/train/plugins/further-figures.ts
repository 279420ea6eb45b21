import { AppError } from "@sourceprint/core/errors.js"
import type { JobMetrics, JobScore } from "../run-record.js"
import { loadedPlugin } from "./load-plugin.js"
import type { PluginRef } from "./plugin.js"

/** The figures of plug-ins for one trained model on eval, at the threshold from dev; nothing without such plug-ins.
 *  @throws AppError "metric/value" for one that is no number, "plugin/not-loaded" */
export function furtherFigures(
  scores: readonly JobScore[],
  threshold: number,
  plugins: readonly PluginRef[] = [],
): Pick<JobMetrics, "further"> {
  const entries = plugins.flatMap((ref) => loadedPlugin(ref).metrics ?? [])
  if (entries.length === 0) return {}
  const rows = scores.filter(({ side }) => side === "eval")
  const further = entries.map(({ id, measure }) => {
    const value = measure({
      scores: Float64Array.from(rows, ({ score }) => score),
      labels: Uint8Array.from(rows, ({ label }) => label),
      scanners: rows.map(({ scanner }) => scanner),
      groups: rows.map(({ group }) => group),
      threshold,
    })
    if (!Number.isFinite(value)) throw new AppError("metric/value", `the metric ${id} gave ${value}, not a number`)
    return [id, value] as const
  })
  return { further: Object.fromEntries(further) }
}
