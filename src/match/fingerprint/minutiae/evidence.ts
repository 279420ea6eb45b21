import { type CandidatePairs, candidatePairs } from "./candidate-pairs.js"
import { shiftAt } from "./deformation.js"
import { directionAgreement, pairsWithDirections } from "./direction-agreement.js"
import { directionPlacements } from "./direction-placements.js"
import { hypotheses } from "./hypotheses.js"
import { localSimilarity } from "./local-similarity.js"
import { minutiaPatches, patchAgreement } from "./minutia-patches.js"
import { type OverlapAgreement, overlapAgreement } from "./overlap-agreement.js"
import { type Pairing, pairRoughly, refinePairing } from "./pairing.js"
import { alignment, directionSearch, map, registration } from "./parameters.js"
import { type Points, pointsOf, wrap } from "./points.js"
import { hasRidges, type PrintView } from "./print-view.js"
import { relaxedStrength } from "./relaxation.js"
import { type Registered, registered } from "./ridge-registration.js"
import { type Evidence, logOdds } from "./score.js"

/** The two views with what was computed of both. */
interface Comparison {
  readonly a: PrintView
  readonly b: PrintView
  readonly pa: Points
  readonly pb: Points
  readonly similarity: Float32Array
  readonly ridgesKnown: boolean
}

export function evidence(a: PrintView, b: PrintView): Evidence | undefined {
  const [pa, pb] = [pointsOf(a), pointsOf(b)]
  const ridgesKnown = hasRidges(a) && hasRidges(b)
  const comparison = { a, b, pa, pb, similarity: localSimilarity(a.codes, b.codes), ridgesKnown }
  const alike = candidatePairs(comparison.similarity, pb.count, ridgesKnown ? alignment.looked : alignment.candidates)
  const pairs = ridgesKnown ? pairsWithDirections(alike, comparison, a, b) : alike
  const strength = relaxedStrength(pairs, pa, pb)
  const alikeness = { local: topMean(pairs.similarity, 10), relaxed: topMean(strength, 10) }
  const byMinutiae = placedByMinutiae(comparison, pairs, strength)
  const first = byMinutiae && { ...alikeness, ...placed(comparison, byMinutiae) }
  const isClear = (first?.overlap?.smoothRidges ?? 0) >= directionSearch.enough
  if (!ridgesKnown || isClear) return first
  let best = first
  const take = (other: Pairing | undefined): void => {
    if (other === undefined) return
    const found = { ...alikeness, ...placed(comparison, other) }
    if (best === undefined || logOdds(found) > logOdds(best)) best = found
  }
  if (registration.tried > 0) take(placedByRidges(comparison))
  if (Math.min(pa.count, pb.count) > directionSearch.maxMinutiae) return best
  if ((best?.overlap?.smoothRidges ?? 0) < directionSearch.enough) take(placedByDirections(comparison))
  return best
}

/** The placement that the most similar minutiae tell together. */
function placedByMinutiae(
  { a, b, pa, pb, similarity, ridgesKnown }: Comparison,
  pairs: CandidatePairs,
  strength: Float64Array,
): Pairing | undefined {
  const rankOf = (found: Pairing): number =>
    found.support * (ridgesKnown ? Math.max(0, directionAgreement(found.motion, a, b)) ** 2 : 1)
  const ranked = (all: Pairing[]): Pairing[] => {
    const ranks = new Map(all.map((found) => [found, rankOf(found)]))
    return all.sort((p, q) => (ranks.get(q) ?? 0) - (ranks.get(p) ?? 0))
  }
  const rough = ranked(hypotheses(pairs, strength, pa, pb).map((motion) => pairRoughly(motion, similarity, pa, pb)))
  return ranked(rough.slice(0, alignment.refined).map((first) => refinePairing(first, similarity, pa, pb)))[0]
}

/** The placement that one pair of minutiae tells with the ridges around it: where the surroundings of two minutiae are
 *  most alike, the probe is moved until its ridges lie on the reference's, from there outwards. */
function placedByRidges({ a, b, pa, pb, similarity }: Comparison): Pairing | undefined {
  const [patchesA, patchesB] = [minutiaPatches(a), minutiaPatches(b)]
  const agreements = new Float64Array(pa.count * pb.count)
  const alike: number[] = []
  for (let i = 0; i < pa.count; i++) {
    for (let j = 0; j < pb.count; j++) {
      const k = i * pb.count + j
      agreements[k] = patchAgreement(patchesA, i, patchesB, j)
      if (agreements[k] >= registration.leastPatch) alike.push(k)
    }
  }
  const order = alike.sort((p, q) => agreements[q] - agreements[p] || p - q)
  const found: Registered[] = []
  for (const k of order.slice(0, registration.looked)) {
    const [i, j] = [Math.floor(k / pb.count), k % pb.count]
    const turnRad = wrap(pa.angle[i] - pb.angle[j])
    const result = registered({ ax: pa.x[i], ay: pa.y[i], bx: pb.x[j], by: pb.y[j], turnRad }, a, b)
    if (result !== undefined) found.push(result)
  }
  found.sort((p, q) => q.agreement - p.agreement)
  let best: { worth: number; pairing: Pairing } | undefined
  for (const { motion } of found.slice(0, registration.tried)) {
    const pairing = refinePairing(pairRoughly(motion, similarity, pa, pb), similarity, pa, pb)
    const worth = worthOf({ pairing, overlap: overlapAgreement(pairing, a, b, directionSearch.quickBlocks) })
    if (best === undefined || worth > best.worth) best = { worth, pairing }
  }
  return best?.pairing
}

/** The placement among those that the ridges' directions tell under which a quick look finds the ridges most alike. */
function placedByDirections({ a, b, pa, pb, similarity }: Comparison): Pairing | undefined {
  let best: { worth: number; pairing: Pairing } | undefined
  for (const motion of directionPlacements(a, b)) {
    const pairing = refinePairing(pairRoughly(motion, similarity, pa, pb), similarity, pa, pb)
    const worth = worthOf({ pairing, overlap: overlapAgreement(pairing, a, b, directionSearch.quickBlocks) })
    if (best === undefined || worth > best.worth) best = { worth, pairing }
  }
  return best?.pairing
}

function placed(
  { a, b, pa, pb, similarity, ridgesKnown }: Comparison,
  pairing: Pairing,
): Omit<Evidence, "local" | "relaxed"> {
  const n = pairing.a.length
  const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0)
  return {
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

/** What a placement is chosen by, once the ridges were laid over each other. */
const worthOf = ({ pairing, overlap }: { readonly pairing: Pairing; readonly overlap?: OverlapAgreement }): number =>
  (pairing.support + 1) * Math.max(0.02, overlap?.smoothRidges ?? 1)

/** How many minutiae of one print lie where the other print is. */
function countInside(points: Points, { motion, deformation }: Pairing, other: PrintView, inverse: boolean): number {
  let count = 0
  const squaredScale = motion.cos ** 2 + motion.sin ** 2
  for (let i = 0; i < points.count; i++) {
    let x: number
    let y: number
    if (inverse) {
      const [sx, sy] = shiftAt(deformation, points.x[i], points.y[i])
      const px = points.x[i] - sx - motion.dx
      const py = points.y[i] - sy - motion.dy
      x = (motion.cos * px + motion.sin * py) / squaredScale
      y = (motion.cos * py - motion.sin * px) / squaredScale
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
