/** False match and false non-match rate at one threshold (terms of ISO/IEC 19795-1); a pair is accepted when
 *  score >= threshold. Both sets need at least one score; NaN is a rejection.
 *  @returns rates in [0, 1] with the counts behind them
 *  @throws RangeError for an empty set */
export function errorRatesAt(threshold: number, genuine: Float64Array, impostor: Float64Array): ErrorRates {
  checkScoreSets(genuine, impostor)
  const falseMatches = countAccepted(impostor, threshold)
  const falseNonMatches = genuine.length - countAccepted(genuine, threshold)
  return {
    fmr: falseMatches / impostor.length,
    fnmr: falseNonMatches / genuine.length,
    falseMatches,
    falseNonMatches,
    genuineCount: genuine.length,
    impostorCount: impostor.length,
  }
}

/** Rates at one threshold, with their counts. */
export interface ErrorRates {
  /** false matches / impostor comparisons, [0, 1] */
  readonly fmr: number
  /** false non-matches / genuine comparisons, [0, 1] */
  readonly fnmr: number
  readonly falseMatches: number
  readonly falseNonMatches: number
  readonly genuineCount: number
  readonly impostorCount: number
}

/** Mean of the two recalls: guessing gives 0.5 whatever the class sizes (Brodersen et al. 2010). */
export const balancedAccuracy = ({ fmr, fnmr }: Pick<ErrorRates, "fmr" | "fnmr">): number => 1 - (fmr + fnmr) / 2

function countAccepted(scores: Float64Array, threshold: number): number {
  let accepted = 0
  for (const score of scores) if (score >= threshold) accepted++
  return accepted
}

/** What every metric on two score sets asks for: at least one score each, and no +Infinity, so that the threshold
 *  +Infinity always means "accept nothing".
 *  @throws RangeError */
export function checkScoreSets(genuine: Float64Array, impostor: Float64Array): void {
  if (genuine.length === 0 || impostor.length === 0) throw new RangeError("a score set is empty")
  if (genuine.includes(Infinity) || impostor.includes(Infinity)) throw new RangeError("a score is +Infinity")
}
