import type { Reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { wilsonInterval } from "@sourceprint/core/metrics/wilson.js"
import type { ChartBlock } from "../blocks/chart-block.js"

/** Reliability diagram: how often the target really was there when the model said p, with Wilson intervals a bin. */
export function reliabilityChart(
  title: string,
  models: readonly { readonly name: string; readonly reliability: Reliability; readonly hidden?: boolean }[],
): ChartBlock {
  return {
    kind: "chart",
    title,
    alt: `Reliability of ${models.map((model) => model.name).join(", ")}: observed rate against stated probability.`,
    x: { label: "Stated probability", unit: "rate", from: 0, to: 1 },
    y: { label: "Observed rate", unit: "rate", from: 0, to: 1 },
    square: true,
    guides: [{ at: "diagonal", label: "perfect" }],
    series: models.map(({ name, reliability, hidden }) => {
      const bins = reliability.bins.filter((bin) => bin.count > 0)
      const intervals = bins.map((bin) => wilsonInterval(bin.positives, bin.count))
      return {
        type: "points",
        name,
        ...(hidden ? { hidden } : {}),
        x: bins.map((bin) => bin.meanProbability),
        y: bins.map((bin) => bin.observedRate),
        low: intervals.map((interval) => interval.low),
        high: intervals.map((interval) => interval.high),
        words: bins.map(
          (bin) =>
            `said ${(bin.meanProbability * 100).toFixed(1)} %, was ${(bin.observedRate * 100).toFixed(1)} ` +
            `% (${bin.positives} of ${bin.count})`,
        ),
      }
    }),
    note: "Bins of equal width; whiskers are 95 % Wilson intervals of the observed rate.",
  }
}
