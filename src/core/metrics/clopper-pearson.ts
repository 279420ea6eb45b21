import { inverseIncompleteBeta } from "./incomplete-beta.js"
import { checkConfidence, DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { checkCounts } from "./wilson.js"

/** Exact two-sided binomial interval (Clopper and Pearson 1934): covers at least `confidence`, so it is wide; right for
 *  attacks and other counts of zero. @throws RangeError unless 0 <= errors <= trials and trials >= 1 */
export function clopperPearsonInterval(errors: number, trials: number, confidence = DEFAULT_CONFIDENCE): Interval {
  checkCounts(errors, trials)
  const tail = (1 - checkConfidence(confidence)) / 2
  return {
    low: errors === 0 ? 0 : inverseIncompleteBeta(tail, errors, trials - errors + 1),
    high: errors === trials ? 1 : inverseIncompleteBeta(1 - tail, errors + 1, trials - errors),
    confidence,
    method: "Clopper-Pearson",
  }
}

/** One-sided upper bound of a rate when no error was seen in `trials`: 1 - (1 - confidence)^(1/trials), which at 95 %
 *  is about 3 / trials, the rule of 3 (ISO/IEC 19795-1, Annex B). */
export function upperBoundOfZero(trials: number, confidence = DEFAULT_CONFIDENCE): number {
  checkCounts(0, trials)
  return -Math.expm1(Math.log1p(-checkConfidence(confidence)) / trials)
}
