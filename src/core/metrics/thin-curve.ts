import type { ErrorCurve } from "./error-curve.js"

/** The same curve for drawing: points in the middle of a straight run say nothing and are dropped, then points nearer
 *  than `step` on the probit-like scale that DET plots use are dropped. The first and last point stay, and the curve
 *  never leaves the original by more than `step`. Metrics are computed on the whole curve, never on this one. */
export function thinCurve(curve: ErrorCurve, step = 0.002): ErrorCurve {
  const { fmr, fnmr } = curve
  const keep: number[] = []
  for (let k = 0; k < fmr.length; k++) {
    const previous = keep.at(-1)
    if (previous === undefined || k === fmr.length - 1) {
      keep.push(k)
      continue
    }
    const straight =
      (fmr[previous] === fmr[k] && fmr[k] === fmr[k + 1]) || (fnmr[previous] === fnmr[k] && fnmr[k] === fnmr[k + 1])
    if (straight) continue
    const moved = Math.abs(spread(fmr[k]) - spread(fmr[previous])) + Math.abs(spread(fnmr[k]) - spread(fnmr[previous]))
    if (moved >= step) keep.push(k)
  }
  const pick = (values: Float64Array) => Float64Array.from(keep, (k) => values[k])
  return { ...curve, threshold: pick(curve.threshold), fmr: pick(fmr), fnmr: pick(fnmr) }
}

/** A monotone stretch of [0, 1] that opens both ends, near enough to the probit for choosing what to draw. */
const spread = (rate: number): number => Math.asin(Math.sqrt(rate)) * (2 / Math.PI)
