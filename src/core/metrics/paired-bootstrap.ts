import { percentileInterval } from "./group-bootstrap.js"
import type { Interval } from "./interval.js"

/** Two systems on the same samples. */
export interface PairedDifference {
  /** figure of the first minus figure of the second, on the data */
  readonly difference: number
  readonly interval: Interval
  /** two-sided: twice the smaller share of replicates on one side of zero, at least 2 / (replicates + 1); 1 where the
   *  systems never differ */
  readonly pValue: number
}

/** Compares two systems by replicates of both that were drawn together (Efron and Tibshirani 1993, ch. 16). With
 *  several comparisons the p values are not corrected: say how many were made. */
export function differenceOf(
  difference: number,
  first: Float64Array,
  second: Float64Array,
  confidence?: number,
): PairedDifference {
  const differences = first.map((value, r) => value - second[r])
  const { interval, usedReplicates } = percentileInterval(differences, confidence, "paired bootstrap")
  let above = 0
  let below = 0
  for (const d of differences) {
    if (d >= 0) above++
    if (d <= 0) below++
  }
  return {
    difference,
    interval,
    pValue: Math.min(1, (2 * (Math.min(above, below) + 1)) / (usedReplicates + 1)),
  }
}
