/** An interval that covers the true value with probability `confidence` (0.95 unless told), and how it was made. */
export interface Interval {
  readonly low: number
  readonly high: number
  /** in (0, 1) */
  readonly confidence: number
  /** for people: "Wilson", "finger bootstrap, 1000 replicates" */
  readonly method: string
}

export const DEFAULT_CONFIDENCE = 0.95

/** @throws RangeError unless 0 < confidence < 1 */
export function checkConfidence(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not in (0, 1)`)
  return confidence
}
