import { checkConfidence, DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { probit } from "./probit.js"

/** Wilson score interval of a rate from independent trials (Wilson 1927; Brown, Cai and DasGupta 2001). Right near 0
 *  and 1, where the textbook interval is not. Impressions of one finger are not independent: see group-bootstrap.
 *  @throws RangeError unless 0 <= errors <= trials and trials >= 1 */
export function wilsonInterval(errors: number, trials: number, confidence = DEFAULT_CONFIDENCE): Interval {
  checkCounts(errors, trials)
  const z = probit(0.5 + checkConfidence(confidence) / 2)
  const p = errors / trials
  const scale = 1 + (z * z) / trials
  const centre = (p + (z * z) / (2 * trials)) / scale
  const half = (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) / scale
  return {
    low: errors === 0 ? 0 : Math.max(0, centre - half),
    high: errors === trials ? 1 : Math.min(1, centre + half),
    confidence,
    method: "Wilson",
  }
}

/** @throws RangeError unless 0 <= errors <= trials and trials >= 1 */
export function checkCounts(errors: number, trials: number): void {
  if (!(trials >= 1 && errors >= 0 && errors <= trials))
    throw new RangeError(`${errors} errors in ${trials} trials is not a count`)
}
