import type { CandidatePairs } from "./candidate-pairs.js"
import { alignment } from "./parameters.js"
import { type Points, wrap } from "./points.js"

/** How much each candidate pair is supported by the others (local similarity sort with relaxation, after Cappelli et
 *  al. 2010): a pair keeps its strength where the remaining strong pairs tell the same rotation and offset. */
export function relaxedStrength(pairs: CandidatePairs, a: Points, b: Points): Float64Array {
  const n = pairs.count
  const compatibility = pairCompatibility(pairs, a, b)
  let strength = Float64Array.from(pairs.similarity)
  for (let round = 0; round < alignment.relaxations; round++) {
    const next = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      let support = 0
      for (let k = 0; k < n; k++) support += compatibility[i * n + k] * strength[k]
      next[i] =
        alignment.relaxationWeight * strength[i] +
        ((1 - alignment.relaxationWeight) * support) / Math.max(4, Math.min(n - 1, 16))
    }
    strength = next
  }
  return strength
}

/** (n × n), symmetric, 0-1: whether two pairs can belong to one placement of the print. */
function pairCompatibility(pairs: CandidatePairs, a: Points, b: Points): Float32Array {
  const n = pairs.count
  const result = new Float32Array(n * n)
  const turn = Float64Array.from({ length: n }, (_, i) => wrap(a.angle[pairs.a[i]] - b.angle[pairs.b[i]]))
  const cos = turn.map(Math.cos)
  const sin = turn.map(Math.sin)
  for (let i = 0; i < n; i++) {
    const ai = pairs.a[i]
    const bi = pairs.b[i]
    for (let k = i + 1; k < n; k++) {
      const ak = pairs.a[k]
      const bk = pairs.b[k]
      if (ai === ak || bi === bk) continue
      const turnGap = Math.abs(wrap(turn[i] - turn[k]))
      if (turnGap >= alignment.toleranceRad) continue
      const ux = a.x[ak] - a.x[ai]
      const uy = a.y[ak] - a.y[ai]
      const vx = b.x[bk] - b.x[bi]
      const vy = b.y[bk] - b.y[bi]
      const c = (cos[i] + cos[k]) / 2
      const s = (sin[i] + sin[k]) / 2
      const gx = c * vx - s * vy - ux
      const gy = s * vx + c * vy - uy
      const gap = Math.sqrt(gx * gx + gy * gy)
      const tolerance = alignment.tolerancePx + alignment.tolerancePerPx * Math.sqrt(ux * ux + uy * uy)
      if (gap >= tolerance) continue
      const value = (1 - gap / tolerance) * (1 - turnGap / alignment.toleranceRad)
      result[i * n + k] = result[k * n + i] = value
    }
  }
  return result
}
