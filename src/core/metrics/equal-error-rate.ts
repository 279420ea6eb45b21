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

/** The equal error rate as FVC defines it (Maio et al., "FVC2000: Fingerprint Verification Competition", IEEE PAMI
 *  24(3), 2002, section 4): of the two operating points around the crossing, the one with the smaller sum of rates;
 *  `low` and `high` are its two rates, `eer` their mean. No interpolation between points and no convex hull.
 *  `threshold` is that point's, +Infinity where it accepts nothing. */
export function fvcEqualErrorRate(curve: ErrorCurve): {
  readonly eer: number
  readonly low: number
  readonly high: number
  readonly threshold: number
} {
  const { fmr, fnmr, threshold } = curve
  let below = fmr.length // FVC's t1: the highest threshold with fnmr <= fmr
  for (let k = 0; k < fmr.length; k++) {
    if (fnmr[k] <= fmr[k]) {
      below = k
      break
    }
  }
  if (below === fmr.length) return asInterval(1, 0, Number.NEGATIVE_INFINITY, curve, fmr.length - 1)
  if (fnmr[below] === fmr[below]) {
    return { eer: fmr[below], low: fmr[below], high: fmr[below], threshold: threshold[below] }
  }
  return asInterval(fmr[below], fnmr[below], threshold[below], curve, below - 1)
}

function asInterval(fmr: number, fnmr: number, threshold: number, curve: ErrorCurve, above: number) {
  if (fmr + fnmr <= curve.fmr[above] + curve.fnmr[above]) {
    return { eer: (fmr + fnmr) / 2, low: fnmr, high: fmr, threshold }
  }
  const [low, high] = [curve.fmr[above], curve.fnmr[above]]
  return { eer: (low + high) / 2, low, high, threshold: curve.threshold[above] }
}
