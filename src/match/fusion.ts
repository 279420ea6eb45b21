import { llrOf, type MatchCalibration } from "./calibration.js"

/** One piece of evidence as a natural-log likelihood ratio: a finger, a face, the scanner. */
export interface Evidence {
  readonly name: string
  /** Above 0 speaks for the claimed person or scanner; not NaN. */
  readonly llr: number
  /** 0 to 1: how much it counts; 1 for independent evidence. */
  readonly weight?: number
}

/** A single piece of evidence never counts more than this: beyond it lies what a calibration on some thousand
 *  comparisons cannot know (e^10 is about 22,000). */
export const MAX_LLR = 10

/** Sum of calibrated, clipped log-likelihood ratios: the optimal combination of independent evidence, and monotone in
 *  each part. Two fingers, finger and face, match and scanner all go through here.
 *  @throws RangeError for no evidence, NaN, or a weight outside [0, 1] */
export function fuse(evidence: readonly Evidence[]): number {
  if (evidence.length === 0) throw new RangeError("there is no evidence to fuse")
  return evidence.reduce((sum, { name, llr, weight = 1 }) => {
    if (Number.isNaN(llr)) throw new RangeError(`the likelihood ratio of ${name} is NaN`)
    if (!(weight >= 0 && weight <= 1)) throw new RangeError(`the weight of ${name} is not in [0, 1]`)
    return sum + weight * Math.min(MAX_LLR, Math.max(-MAX_LLR, llr))
  }, 0)
}

/** One comparison with the calibration that its likelihood ratio came from. */
export interface FusedPart {
  readonly name: string
  readonly llr: number
  readonly calibration: MatchCalibration
}

/** One decision from several comparisons. Of one finger or face, whatever was compared and by which matcher depends on
 *  each other and counts as one together: the mean. Several fingers are independent: the sum over them. Accepted is
 *  what reaches the strictest of the thresholds as a likelihood ratio.
 *  @param fingers how many different fingers or faces the parts are of, as many parts of each; at least 1 */
export function fuseComparisons(
  parts: readonly FusedPart[],
  fingers = 1,
): { readonly llr: number; readonly threshold: number; readonly accepted: boolean } {
  const llr = fuse(parts.map(({ name, llr }) => ({ name, llr, weight: fingers / parts.length })))
  const strictest = Math.max(...parts.map(({ calibration }) => llrOf(calibration, calibration.threshold)))
  const threshold = Math.min(MAX_LLR, strictest)
  return { llr, threshold, accepted: llr >= threshold }
}
