import { candidatePairs } from "./candidate-pairs.js"
import { shiftAt } from "./deformation.js"
import { hypotheses } from "./hypotheses.js"
import { localSimilarity } from "./local-similarity.js"
import { type OverlapAgreement, orientationAgreement, overlapAgreement } from "./overlap-agreement.js"
import { type Pairing, pairRoughly, refinePairing } from "./pairing.js"
import { alignment, map } from "./parameters.js"
import { type Points, pointsOf } from "./points.js"
import { hasRidges, type PrintView } from "./print-view.js"
import { relaxedStrength } from "./relaxation.js"

/** Everything a comparison of two views found, before it is weighed into one score. */
export interface Evidence {
  readonly local: number
  readonly relaxed: number
  readonly pairing: Pairing
  readonly similaritySum: number
  readonly pairs: number
  readonly meanGapPx: number
  readonly meanTurnRad: number
  readonly inOverlapA: number
  readonly inOverlapB: number
  /** Absent where one of the views has only minutiae. */
  readonly overlap?: OverlapAgreement
}

export function evidence(a: PrintView, b: PrintView): Evidence | undefined {
  const similarity = localSimilarity(a.codes, b.codes)
  const pa = pointsOf(a)
  const pb = pointsOf(b)
  const pairs = candidatePairs(similarity, pb.count)
  if (pairs.count === 0) return undefined
  const strength = relaxedStrength(pairs, pa, pb)
  const local = topMean(pairs.similarity, 10)
  const relaxed = topMean(strength, 10)
  const ridgesKnown = hasRidges(a) && hasRidges(b)
  const rankOf = (found: Pairing): number =>
    found.support * (ridgesKnown ? Math.max(0, orientationAgreement(found.motion, a, b).mean) ** 2 : 1)
  const ranked = (all: Pairing[]): Pairing[] => {
    const ranks = new Map(all.map((found) => [found, rankOf(found)]))
    return all.sort((p, q) => (ranks.get(q) ?? 0) - (ranks.get(p) ?? 0))
  }
  const rough = ranked(hypotheses(pairs, strength, pa, pb).map((motion) => pairRoughly(motion, similarity, pa, pb)))
  const [best] = ranked(rough.slice(0, alignment.refined).map((first) => refinePairing(first, similarity, pa, pb)))
  if (best === undefined) return undefined
  const pairing = best
  const n = pairing.a.length
  const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0)
  return {
    local,
    relaxed,
    pairing,
    pairs: n,
    similaritySum: sum(pairing.a.map((i, k) => similarity[i * pb.count + pairing.b[k]])),
    meanGapPx: n === 0 ? 0 : sum(pairing.gapPx) / n,
    meanTurnRad: n === 0 ? 0 : sum(pairing.turnRad) / n,
    inOverlapA: countInside(pa, pairing, b, true),
    inOverlapB: countInside(pb, pairing, a, false),
    ...(ridgesKnown ? { overlap: overlapAgreement(pairing, a, b) } : {}),
  }
}

/** How many minutiae of one print lie where the other print is. */
function countInside(points: Points, { motion, deformation }: Pairing, other: PrintView, inverse: boolean): number {
  let count = 0
  for (let i = 0; i < points.count; i++) {
    let x: number
    let y: number
    if (inverse) {
      const [sx, sy] = shiftAt(deformation, points.x[i], points.y[i])
      const px = points.x[i] - sx - motion.dx
      const py = points.y[i] - sy - motion.dy
      x = motion.cos * px + motion.sin * py
      y = motion.cos * py - motion.sin * px
    } else {
      x = motion.cos * points.x[i] - motion.sin * points.y[i] + motion.dx
      y = motion.sin * points.x[i] + motion.cos * points.y[i] + motion.dy
      const [sx, sy] = shiftAt(deformation, x, y)
      x += sx
      y += sy
    }
    const col = Math.floor(x / map.cellPx)
    const row = Math.floor(y / map.cellPx)
    if (col >= 0 && row >= 0 && col < other.cols && row < other.rows && other.period[row * other.cols + col] > 0)
      count++
  }
  return count
}

function topMean(values: ArrayLike<number>, count: number): number {
  const top = Float64Array.from(values).sort().reverse().subarray(0, count)
  return top.reduce((sum, v) => sum + v, 0) / count
}
