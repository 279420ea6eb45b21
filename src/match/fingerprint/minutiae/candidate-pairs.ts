import { alignment } from "./parameters.js"

/** Pairs of minutiae that look alike, before any thought of geometry. */
export interface CandidatePairs {
  readonly count: number
  readonly a: Int32Array
  readonly b: Int32Array
  readonly similarity: Float32Array
}

const levels = 256

/** The most similar pairs, strongest first (local similarity sort). */
export function candidatePairs(similarity: Float32Array, countB: number): CandidatePairs {
  const histogram = new Int32Array(levels + 1)
  const scale = levels - 1
  for (let i = 0; i < similarity.length; i++) histogram[(similarity[i] * scale) | 0]++
  let cut = levels
  let above = 0
  const floor = Math.floor(alignment.minSimilarity * scale)
  while (cut > floor && above + histogram[cut - 1] <= alignment.candidates) above += histogram[--cut]
  const order = new Int32Array(above)
  let count = 0
  for (let i = 0; i < similarity.length; i++) {
    if (((similarity[i] * scale) | 0) >= cut) order[count++] = i
  }
  order.sort((p, q) => similarity[q] - similarity[p] || p - q)
  return {
    count,
    a: order.map((i) => Math.floor(i / countB)),
    b: order.map((i) => i % countB),
    similarity: Float32Array.from(order, (i) => similarity[i]),
  }
}
