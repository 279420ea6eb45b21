import { type Deformation, noDeformation, shiftAt } from "./deformation.js"
import { pairing } from "./parameters.js"
import { type Points, wrap } from "./points.js"
import { fitMotion, type RigidMotion, turnOf } from "./rigid-motion.js"

/** One-to-one correspondence of minutiae under a placement of the probe on the reference. */
export interface Pairing {
  readonly motion: RigidMotion
  readonly deformation: Deformation
  /** Indices into the reference's and the probe's minutiae. */
  readonly a: readonly number[]
  readonly b: readonly number[]
  /** Distance left after placement and deformation, pixels, and difference of direction, radians; one a pair. */
  readonly gapPx: readonly number[]
  readonly turnRad: readonly number[]
  /** Σ over pairs of (0.5 + descriptor similarity) × closeness: what hypotheses are ranked by. */
  readonly support: number
}

/** Pairs what lies together under `motion`, without any deformation: enough to rank placements. */
export const pairRoughly = (motion: RigidMotion, similarity: Float32Array, a: Points, b: Points): Pairing =>
  pairOnce(motion, noDeformation, pairing.firstRadiusPx, similarity, a, b)

/** Fits the placement to its first pairs, then pairs once more with the smooth deformation that they tell and a tighter
 *  radius. */
export function refinePairing(first: Pairing, similarity: Float32Array, a: Points, b: Points): Pairing {
  if (first.a.length < 2) return first
  const motion = fitMotion(pointPairs(first, similarity, a, b), 100)
  const second = pairOnce(motion, noDeformation, pairing.firstRadiusPx, similarity, a, b)
  const bent = deformationOf(second, a, b)
  return pairOnce(motion, bent, pairing.radiusPx, similarity, a, b)
}

function pointPairs(found: Pairing, similarity: Float32Array, a: Points, b: Points) {
  return found.a.map((i, k) => {
    const j = found.b[k]
    return {
      ax: a.x[i],
      ay: a.y[i],
      bx: b.x[j],
      by: b.y[j],
      turnRad: wrap(a.angle[i] - b.angle[j]),
      weight: 0.2 + similarity[i * b.count + j],
    }
  })
}

function deformationOf(found: Pairing, a: Points, b: Points): Deformation {
  const { motion } = found
  const bent = { x: [] as number[], y: [] as number[], dx: [] as number[], dy: [] as number[] }
  for (const [k, i] of found.a.entries()) {
    const j = found.b[k]
    const x = motion.cos * b.x[j] - motion.sin * b.y[j] + motion.dx
    const y = motion.sin * b.x[j] + motion.cos * b.y[j] + motion.dy
    bent.x.push(x)
    bent.y.push(y)
    bent.dx.push(a.x[i] - x)
    bent.dy.push(a.y[i] - y)
  }
  return bent
}

function pairOnce(
  motion: RigidMotion,
  deformation: Deformation,
  radiusPx: number,
  similarity: Float32Array,
  a: Points,
  b: Points,
): Pairing {
  const turn = turnOf(motion)
  const options: { i: number; j: number; gap: number; turnGap: number; value: number }[] = []
  for (let j = 0; j < b.count; j++) {
    let x = motion.cos * b.x[j] - motion.sin * b.y[j] + motion.dx
    let y = motion.sin * b.x[j] + motion.cos * b.y[j] + motion.dy
    if (deformation.x.length > 0) {
      const [sx, sy] = shiftAt(deformation, x, y)
      x += sx
      y += sy
    }
    const angle = b.angle[j] + turn
    for (let i = 0; i < a.count; i++) {
      const gx = a.x[i] - x
      if (gx > radiusPx || gx < -radiusPx) continue
      const gy = a.y[i] - y
      const squared = gx * gx + gy * gy
      if (squared > radiusPx * radiusPx) continue
      const turnGap = Math.abs(wrap(a.angle[i] - angle))
      if (turnGap > pairing.angleRad) continue
      const gap = Math.sqrt(squared)
      const closeness = (1 - 0.6 * (gap / radiusPx) ** 2) * (1 - 0.6 * (turnGap / pairing.angleRad) ** 2)
      options.push({ i, j, gap, turnGap, value: closeness * (0.5 + similarity[i * b.count + j]) })
    }
  }
  options.sort((p, q) => q.value - p.value || p.i - q.i || p.j - q.j)
  const usedA = new Uint8Array(a.count)
  const usedB = new Uint8Array(b.count)
  const chosen = options.filter(({ i, j }) => {
    if (usedA[i] === 1 || usedB[j] === 1) return false
    usedA[i] = usedB[j] = 1
    return true
  })
  return {
    motion,
    deformation,
    a: chosen.map(({ i }) => i),
    b: chosen.map(({ j }) => j),
    gapPx: chosen.map(({ gap }) => gap),
    turnRad: chosen.map(({ turnGap }) => turnGap),
    support: chosen.reduce((sum, { value }) => sum + value, 0),
  }
}
