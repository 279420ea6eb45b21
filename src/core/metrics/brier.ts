/** Brier score: mean squared distance of a probability from what happened (Brier 1950); 0 is perfect, 0.25 is what
 *  always saying 0.5 earns. `positives` and `negatives` are the probabilities given to samples of each class, in [0,
 *  1].
 *  @throws RangeError for a value that is no probability, or no sample */
export function brierScore(positives: Float64Array, negatives: Float64Array): number {
  const n = positives.length + negatives.length
  if (n === 0) throw new RangeError("no sample")
  let sum = 0
  for (const p of positives) sum += (1 - checkProbability(p)) ** 2
  for (const p of negatives) sum += checkProbability(p) ** 2
  return sum / n
}

/** @throws RangeError unless `p` lies in [0, 1] */
export function checkProbability(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${p} is not a probability`)
  return p
}
