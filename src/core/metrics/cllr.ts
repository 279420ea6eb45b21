import { isotonicLlrs } from "./log-likelihood-ratio.js"

/** Cost of log-likelihood ratios in bits (Brümmer and du Preez 2006): 0 is perfect, 1 is what saying "0" to everything
 *  earns, more than 1 is worse than silence. Natural-log ratios in; ±Infinity on the right side costs nothing, on the
 *  wrong side everything. @throws RangeError for an empty set or NaN */
export function cllr(genuineLlr: Float64Array, impostorLlr: Float64Array): number {
  if (genuineLlr.length === 0 || impostorLlr.length === 0) throw new RangeError("a score set is empty")
  return (meanCost(genuineLlr, -1) + meanCost(impostorLlr, 1)) / 2
}

function meanCost(llrs: Float64Array, sign: 1 | -1): number {
  let sum = 0
  for (const llr of llrs) {
    if (Number.isNaN(llr)) throw new RangeError("a log-likelihood ratio is NaN")
    const x = sign * llr
    sum += x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
  }
  return sum / llrs.length / Math.LN2
}

/** The Cllr that the best monotone calibration of these scores would reach: what is lost to discrimination alone.
 *  Cllr - minCllr is lost to calibration. */
export function minCllr(genuine: Float64Array, impostor: Float64Array): number {
  const llrs = isotonicLlrs(genuine, impostor)
  return cllr(llrs.genuine, llrs.impostor)
}
