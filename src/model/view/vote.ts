import { defined } from "@sourceprint/core/defined.js"
import type { Vote } from "../input-contract.js"

/** No single patch may outvote all others: log-odds are clipped to ±8 (odds of 2981 to 1). */
const LOG_ODDS_LIMIT = 8

const logOdds = (probability: number): number =>
  Math.min(LOG_ODDS_LIMIT, Math.max(-LOG_ODDS_LIMIT, Math.log(probability / (1 - probability))))

function combine(probabilities: Float32Array, vote: Vote): number {
  const n = probabilities.length
  if (vote === "mean") return probabilities.reduce((sum, p) => sum + p, 0) / n
  if (vote === "median") {
    const sorted = Float32Array.from(probabilities).sort()
    return (defined(sorted[Math.floor((n - 1) / 2)]) + defined(sorted[Math.floor(n / 2)])) / 2
  }
  return 1 / (1 + Math.exp(-probabilities.reduce((sum, p) => sum + logOdds(p), 0) / n))
}

/** One probability an image from the probabilities of its patches, which lie together: (images × perImage) -> images.
 *  Values in [0, 1]; NaN stays NaN. @throws RangeError when the rows do not divide evenly */
export function votes(probabilities: Float32Array, perImage: number, vote: Vote): Float32Array {
  if (perImage < 1 || probabilities.length % perImage !== 0) {
    throw new RangeError(`${probabilities.length} rows are not whole images of ${perImage} patches`)
  }
  if (perImage === 1) return probabilities
  return Float32Array.from({ length: probabilities.length / perImage }, (_, i) =>
    combine(probabilities.subarray(i * perImage, (i + 1) * perImage), vote),
  )
}
