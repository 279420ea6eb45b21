import { checkScoreSets } from "./error-rates.js"

/** Every operating point that the scores can reach: ROC is (fmr, 1 - fnmr), DET is (fmr, fnmr) on probit or log axes.
 *  Thresholds fall from +Infinity (nothing is accepted: fmr 0, fnmr 1) through each distinct score; fmr never falls
 *  and fnmr never rises along the arrays. Where scores are NaN (failures, always rejected) the last point stops short
 *  of (1, 0). */
export interface ErrorCurve {
  readonly threshold: Float64Array
  readonly fmr: Float64Array
  readonly fnmr: Float64Array
  readonly genuineCount: number
  readonly impostorCount: number
}

/** One sweep over both sorted sets: O(n log n), exact, ties across the sets move both rates at once.
 *  @throws RangeError for an empty set or a score of +Infinity */
export function errorCurve(genuine: Float64Array, impostor: Float64Array): ErrorCurve {
  checkScoreSets(genuine, impostor)
  const up = genuine.slice().sort() // ascending, NaN last
  const down = impostor.slice().sort()
  let g = lastNumber(up)
  let i = lastNumber(down)
  const threshold = new Float64Array(g + i + 3)
  const fmr = new Float64Array(g + i + 3)
  const fnmr = new Float64Array(g + i + 3)
  threshold[0] = Infinity
  fnmr[0] = 1
  let accepted = 0
  let falseMatches = 0
  let n = 1
  while (g >= 0 || i >= 0) {
    const score = g < 0 ? down[i] : i < 0 ? up[g] : Math.max(up[g], down[i])
    while (g >= 0 && up[g] === score) {
      g--
      accepted++
    }
    while (i >= 0 && down[i] === score) {
      i--
      falseMatches++
    }
    threshold[n] = score
    fmr[n] = falseMatches / impostor.length
    fnmr[n] = (genuine.length - accepted) / genuine.length
    n++
  }
  return {
    threshold: threshold.slice(0, n),
    fmr: fmr.slice(0, n),
    fnmr: fnmr.slice(0, n),
    genuineCount: genuine.length,
    impostorCount: impostor.length,
  }
}

/** Index of the last element that is not NaN in an ascending, NaN-last array; -1 where there is none. */
function lastNumber(sorted: Float64Array): number {
  let last = sorted.length - 1
  while (last >= 0 && Number.isNaN(sorted[last])) last--
  return last
}
