import type { ErrorCurve } from "./error-curve.js"

/** The equal error rate by linear interpolation: where the polyline through the curve's points, from (fmr 0, fnmr 1)
 *  down to (1, 0), crosses fmr = fnmr. Equals the crossing of the ROC's trapezoid form (the same that the AUC
 *  integrates). If failures (NaN) end the curve before the crossing, its last point is joined to (1, 0), which is FVC's
 *  rule that a rejected comparison scores lowest of all. @returns a rate in [0, 1] */
export function equalErrorRate(curve: ErrorCurve): number {
  const { fmr, fnmr } = curve
  for (let k = 1; k < fmr.length; k++) {
    if (fmr[k] >= fnmr[k]) return crossing(fmr[k - 1], fnmr[k - 1], fmr[k], fnmr[k])
  }
  const last = fmr.length - 1
  return crossing(fmr[last], fnmr[last], 1, 0)
}

/** Where the segment from (x0, y0) with x0 < y0 to (x1, y1) with x1 >= y1 meets x = y. */
export function crossing(x0: number, y0: number, x1: number, y1: number): number {
  const before = y0 - x0
  const after = x1 - y1
  return x0 + ((x1 - x0) * before) / (before + after)
}
