import type { Rng } from "../rng.js"
import { type BootstrapDesign, bootstrapReplicates, percentileInterval } from "./group-bootstrap.js"
import type { Interval } from "./interval.js"
import type { WeightedStatistic } from "./weighted-statistics.js"

/** Two systems on the same samples. */
export interface PairedDifference {
  /** figure of the first minus figure of the second, on the data */
  readonly difference: number
  readonly interval: Interval
  /** two-sided: twice the smaller share of replicates on one side of zero, at least 2 / (replicates + 1); 1 where the
   *  systems never differ */
  readonly pValue: number
}

/** Compares two systems by drawing the same groups again for both (Efron and Tibshirani 1993, ch. 16). With several
 *  comparisons the p values are not corrected: say how many were made. */
export function pairedBootstrap(
  design: BootstrapDesign,
  first: WeightedStatistic,
  second: WeightedStatistic,
  rng: Rng,
): PairedDifference {
  const [a, b] = bootstrapReplicates(design, [first, second], rng)
  const whole = new Float64Array(design.groups.length).fill(1)
  return differenceOf(first(whole) - second(whole), a, b, design.confidence)
}

/** The comparison from replicates that were already drawn together. */
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

/** How often each system is the best over the replicates; ties share the point. `best` says which way is better. */
export function shareOfBest(replicates: readonly Float64Array[], best: "lowest" | "highest"): number[] {
  const shares = replicates.map(() => 0)
  const count = replicates[0]?.length ?? 0
  const sign = best === "highest" ? 1 : -1
  for (let r = 0; r < count; r++) {
    const top = Math.max(...replicates.map((values) => sign * values[r]))
    const winners = replicates.flatMap((values, s) => (sign * values[r] === top ? [s] : []))
    for (const s of winners) shares[s] += 1 / (winners.length * count)
  }
  return shares
}
