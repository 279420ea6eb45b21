import type { ErrorCurve } from "./error-curve.js"

/** Area under the ROC: the chance that a random genuine score exceeds a random impostor score, ties counting half
 *  (Mann-Whitney; Hanley and McNeil 1982). Failures (NaN) count as below every number and equal to each other.
 *  @returns [0, 1] */
export function areaUnderRoc(curve: ErrorCurve): number {
  const { fmr, fnmr } = curve
  let area = 0
  for (let k = 1; k < fmr.length; k++) area += (fmr[k] - fmr[k - 1]) * (1 - (fnmr[k] + fnmr[k - 1]) / 2)
  const last = fmr.length - 1
  return area + (1 - fmr[last]) * (1 - fnmr[last] / 2)
}
