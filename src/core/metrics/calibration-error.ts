import { checkProbability } from "./brier.js"

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** the bin's edges; the last bin includes its upper edge */
  readonly from: number
  readonly to: number
  readonly count: number
  readonly positives: number
  /** mean of the probabilities in the bin; NaN in an empty one */
  readonly meanProbability: number
  /** positives / count; NaN in an empty one */
  readonly observedRate: number
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[]
  /** expected calibration error: sum over bins of (count / n) × |observed rate - mean probability|, [0, 1] */
  readonly ece: number
  readonly sampleCount: number
}

/** Reliability diagram and expected calibration error of the probability of the positive class, bins of equal width
 *  (Naeini et al. 2015; Guo et al. 2017 use the top-label form, which for two classes says the same of confidence).
 *  @throws RangeError for a value that is no probability, no sample, or fewer than one bin */
export function reliability(positives: Float64Array, negatives: Float64Array, binCount = 10): Reliability {
  const n = positives.length + negatives.length
  if (n === 0) throw new RangeError("no sample")
  if (!Number.isInteger(binCount) || binCount < 1) throw new RangeError(`${binCount} is not a number of bins`)
  const count = new Float64Array(binCount)
  const hits = new Float64Array(binCount)
  const sum = new Float64Array(binCount)
  const add = (p: number, hit: number): void => {
    const bin = Math.min(binCount - 1, Math.floor(checkProbability(p) * binCount))
    count[bin]++
    hits[bin] += hit
    sum[bin] += p
  }
  for (const p of positives) add(p, 1)
  for (const p of negatives) add(p, 0)
  let ece = 0
  const bins = Array.from(count, (inBin, k): ReliabilityBin => {
    ece += Math.abs(hits[k] - sum[k]) / n
    return {
      from: k / binCount,
      to: (k + 1) / binCount,
      count: inBin,
      positives: hits[k],
      meanProbability: sum[k] / inBin,
      observedRate: hits[k] / inBin,
    }
  })
  return { bins, ece, sampleCount: n }
}
