import type { CandidatePairs } from "./candidate-pairs.js"
import { alignment } from "./parameters.js"
import { type Points, wrap } from "./points.js"
import { fitPlacement, motionThrough, type Placement, type PointPair } from "./rigid-motion.js"

/** Distinct placements of the probe on the reference, from the best supported pairs, each refined over the candidate
 *  pairs that agree with it. */
export function hypotheses(pairs: CandidatePairs, strength: Float64Array, a: Points, b: Points): Placement[] {
  const order = Array.from(strength.keys()).sort((p, q) => strength[q] - strength[p] || p - q)
  const found: { motion: Placement; turn: number; cx: number; cy: number }[] = []
  const centreX = mean(b.x)
  const centreY = mean(b.y)
  for (const seed of order) {
    if (found.length >= alignment.hypotheses) break
    const motion = refined(seed, pairs, strength, a, b)
    const turn = Math.atan2(motion.sin, motion.cos)
    const cx = motion.cos * centreX - motion.sin * centreY + motion.dx
    const cy = motion.sin * centreX + motion.cos * centreY + motion.dy
    const known = found.some(
      (other) =>
        (other.cx - cx) ** 2 + (other.cy - cy) ** 2 < alignment.sameShiftPx ** 2 &&
        Math.abs(wrap(other.turn - turn)) < alignment.sameTurnRad,
    )
    if (!known) found.push({ motion, turn, cx, cy })
  }
  return found.map(({ motion }) => motion)
}

function refined(seed: number, pairs: CandidatePairs, strength: Float64Array, a: Points, b: Points): Placement {
  const sa = pairs.a[seed]
  const sb = pairs.b[seed]
  const turn = wrap(a.angle[sa] - b.angle[sb])
  const start = motionThrough(a.x[sa], a.y[sa], b.x[sb], b.y[sb], turn)
  const agreeing: PointPair[] = []
  for (let k = 0; k < pairs.count; k++) {
    const ka = pairs.a[k]
    const kb = pairs.b[k]
    const turnRad = wrap(a.angle[ka] - b.angle[kb])
    if (Math.abs(wrap(turnRad - turn)) > alignment.toleranceRad) continue
    const x = start.cos * b.x[kb] - start.sin * b.y[kb] + start.dx
    const y = start.sin * b.x[kb] + start.cos * b.y[kb] + start.dy
    const reach = Math.sqrt((b.x[kb] - b.x[sb]) ** 2 + (b.y[kb] - b.y[sb]) ** 2)
    const allowed = alignment.tolerancePx + 2 * alignment.tolerancePerPx * reach
    if ((x - a.x[ka]) ** 2 + (y - a.y[ka]) ** 2 > allowed * allowed) continue
    agreeing.push({ ax: a.x[ka], ay: a.y[ka], bx: b.x[kb], by: b.y[kb], turnRad, weight: strength[k] + 1e-6 })
  }
  return fitPlacement(agreeing, 400)
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length
