import { upperBoundOfZero } from "./clopper-pearson.js"
import { type BootstrapResult, percentileInterval } from "./group-bootstrap.js"
import { DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { wilsonInterval } from "./wilson.js"

/** The interval of a rate where drawing groups (fingers, people) again shows no spread: each group counts as one trial,
 *  because eight impressions of a finger are one event. No error: the rule of 3; nothing but errors: its mirror image;
 *  else Wilson's. @param rate in [0, 1] @throws RangeError unless groupCount >= 1 */
export function noSpreadInterval(rate: number, groupCount: number, confidence = DEFAULT_CONFIDENCE): Interval {
  const method = `rule of 3 over ${groupCount} fingers or people`
  if (rate === 0) return { low: 0, high: upperBoundOfZero(groupCount, confidence), confidence, method }
  if (rate === 1) return { low: 1 - upperBoundOfZero(groupCount, confidence), high: 1, confidence, method }
  const wilson = wilsonInterval(rate * groupCount, groupCount, confidence)
  return { ...wilson, method: `Wilson over ${groupCount} fingers or people` }
}

/** A rate with its interval by groups: the middle of its replicates, or, where they show no spread, `noSpreadInterval`.
 *  The one rule of `docs/evaluation.md` for rates on many fingers.
 *  @param replicates of the rate, from `bootstrapReplicates`
 *  @param groupCount groups that the rate is of: a false match rate is of the fingers that were impostors
 *  @throws RangeError where no replicate has a value, or unless groupCount >= 1 */
export function rateInterval(
  rate: number,
  replicates: Float64Array,
  groupCount: number,
  method = "finger bootstrap",
): BootstrapResult {
  const drawn = percentileInterval(replicates, undefined, method)
  return { value: rate, ...drawn, interval: drawn.degenerate ? noSpreadInterval(rate, groupCount) : drawn.interval }
}
