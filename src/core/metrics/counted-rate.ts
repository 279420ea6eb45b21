import { DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { wilsonInterval } from "./wilson.js"

/** A rate that never travels alone: its counts and its interval. */
export interface CountedRate {
  /** errors / trials, [0, 1] */
  readonly rate: number
  readonly errors: number
  readonly trials: number
  readonly interval: Interval
}

/** A rate with Wilson's interval, or with `interval` where a better one (by groups) is known.
 *  @throws RangeError unless 0 <= errors <= trials and trials >= 1 */
export function countedRate(
  errors: number,
  trials: number,
  interval: Interval = wilsonInterval(errors, trials, DEFAULT_CONFIDENCE),
): CountedRate {
  return { rate: errors / trials, errors, trials, interval }
}
