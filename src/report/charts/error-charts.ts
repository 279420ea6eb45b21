import type { ErrorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { thinCurve } from "@sourceprint/core/metrics/thin-curve.js"
import type { ChartBlock } from "../blocks/chart-block.js"

/** One system's curve in a chart. */
export interface NamedCurve {
  readonly name: string
  readonly curve: ErrorCurve
  readonly hidden?: boolean
}

const visibility = ({ hidden }: NamedCurve) => (hidden ? { hidden } : {})

/** Receiver operating characteristic: true accepts against false accepts, linear axes. */
export function rocChart(title: string, curves: readonly NamedCurve[], note?: string): ChartBlock {
  return {
    kind: "chart",
    title,
    alt: `ROC of ${curves.map((one) => one.name).join(", ")}: true accept rate against false match rate.`,
    x: { label: "False match rate", unit: "rate", from: 0, to: 1 },
    y: { label: "True accept rate", unit: "rate", from: 0, to: 1 },
    square: true,
    guides: [{ at: "diagonal", label: "chance" }],
    series: curves.map((one) => {
      const { fmr, fnmr } = thinCurve(one.curve)
      return { type: "line", name: one.name, ...visibility(one), x: fmr, y: fnmr.map((rate) => 1 - rate) }
    }),
    ...(note === undefined ? {} : { note }),
  }
}

/** Detection error trade-off: both error rates on probit axes (Martin et al. 1997; ISO/IEC 19795-1). The floor is half
 *  of what one error among the comparisons would be, so that "no error seen" lies on the frame. */
export function detChart(title: string, curves: readonly NamedCurve[], note?: string): ChartBlock {
  const impostors = Math.max(...curves.map((one) => one.curve.impostorCount), 10)
  const genuines = Math.max(...curves.map((one) => one.curve.genuineCount), 10)
  const floor = (count: number): number => Math.min(0.01, Math.max(0.0001, 0.5 / count))
  return {
    kind: "chart",
    title,
    alt:
      `DET of ${curves.map((one) => one.name).join(", ")}: false non-match rate against false match rate on ` +
      "normal-deviate axes; lower left is better.",
    x: { label: "False match rate", unit: "rate", scale: "probit", from: floor(impostors), to: 0.6 },
    y: { label: "False non-match rate", unit: "rate", scale: "probit", from: floor(genuines), to: 0.6 },
    heightPx: 460,
    series: curves.map((one) => {
      const { fmr, fnmr } = thinCurve(one.curve)
      return { type: "line", name: one.name, ...visibility(one), x: fmr, y: fnmr }
    }),
    ...(note === undefined ? {} : { note }),
  }
}
