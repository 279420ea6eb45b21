import { alignment } from "./parameters.js"

/** Pairs of minutiae that look alike, before any thought of geometry. */
export interface CandidatePairs {
  readonly count: number
  readonly a: Int32Array
  readonly b: Int32Array
  readonly similarity: Float32Array
}

const levels = 256

/** The `wanted` most similar pairs, strongest first (local similarity sort). */
export function candidatePairs(similarity: Float32Array, countB: number, wanted: number): CandidatePairs {
  const histogram = new Int32Array(levels + 1)
  const scale = levels - 1
  for (let i = 0; i < similarity.length; i++) histogram[(similarity[i] * scale) | 0]++
  let cut = levels
  let above = 0
  const floor = Math.floor(alignment.minSimilarity * scale)
  while (cut > floor && above < wanted) above += histogram[--cut]
  const alike = new Int32Array(above)
  let count = 0
  for (let i = 0; i < similarity.length; i++) {
    if (((similarity[i] * scale) | 0) >= cut) alike[count++] = i
  }
  // the last level may hold more than there is room for
  const order = alike.sort((p, q) => similarity[q] - similarity[p] || p - q).subarray(0, wanted)
  return {
    count: order.length,
    a: order.map((i) => Math.floor(i / countB)),
    b: order.map((i) => i % countB),
    similarity: Float32Array.from(order, (i) => similarity[i]),
  }
}
