import type { ErrorCurve } from "./error-curve.js"

/** An operating point of a curve. */
export interface OperatingPoint {
  readonly threshold: number
  readonly fmr: number
  readonly fnmr: number
}

/** The lowest FNMR that keeps FMR <= `maxFmr` (a rate in [0, 1]); always exists, since +Infinity accepts nothing. Below
 *  1 / impostor count the answer rests on zero observed false matches: report the count beside it. */
export function fnmrAtFmr(curve: ErrorCurve, maxFmr: number): OperatingPoint {
  if (!(maxFmr >= 0 && maxFmr <= 1)) throw new RangeError(`maxFmr ${maxFmr} is not in [0, 1]`)
  let k = curve.fmr.length - 1
  while (curve.fmr[k] > maxFmr) k--
  // among the points of equal FNMR the highest threshold, so that a perfect matcher is not pushed into its impostors
  while (k > 0 && curve.fnmr[k - 1] === curve.fnmr[k]) k--
  return { threshold: curve.threshold[k], fmr: curve.fmr[k], fnmr: curve.fnmr[k] }
}

/** FVC's FMR100, FMR1000 and ZeroFMR: the lowest FNMR for FMR <= 1 %, <= 0.1 % and = 0. */
export const fvcFnmrs = (curve: ErrorCurve) => ({
  fmr100: fnmrAtFmr(curve, 0.01).fnmr,
  fmr1000: fnmrAtFmr(curve, 0.001).fnmr,
  zeroFmr: fnmrAtFmr(curve, 0).fnmr,
})
