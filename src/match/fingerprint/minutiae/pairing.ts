import { type Deformation, noDeformation, shiftAt } from "./deformation.js"
import { pairing } from "./parameters.js"
import { type Points, wrap } from "./points.js"
import { fitPlacement, type Placement, turnOf } from "./rigid-motion.js"

/** One-to-one correspondence of minutiae under a placement of the probe on the reference. */
export interface Pairing {
  readonly motion: Placement
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
export const pairRoughly = (motion: Placement, similarity: Float32Array, a: Points, b: Points): Pairing =>
  pairOnce(motion, noDeformation, pairing.firstRadiusPx, similarity, a, b)

/** Fits the placement to its first pairs, then pairs again with the smooth deformation that they tell, which reaches
 *  farther each time, within ever smaller radii. */
export function refinePairing(first: Pairing, similarity: Float32Array, a: Points, b: Points): Pairing {
  if (first.a.length < 2) return first
  const motion = fitPlacement(pointPairs(first, similarity, a, b), 100)
  let found = pairOnce(motion, noDeformation, pairing.firstRadiusPx, similarity, a, b)
  for (const radiusPx of pairing.radiiPx) {
    found = pairOnce(motion, deformationOf(found, a, b), radiusPx, similarity, a, b)
  }
  return found
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

/** Room for the options of one call; grows. */
let room = 1024
let optionI = new Int32Array(room)
let optionJ = new Int32Array(room)
let optionGap = new Float64Array(room)
let optionTurn = new Float64Array(room)
let optionValue = new Float64Array(room)

function grow(): void {
  const longer = <T extends Int32Array | Float64Array>(old: T, made: T): T => {
    made.set(old)
    return made
  }
  room *= 2
  optionI = longer(optionI, new Int32Array(room))
  optionJ = longer(optionJ, new Int32Array(room))
  optionGap = longer(optionGap, new Float64Array(room))
  optionTurn = longer(optionTurn, new Float64Array(room))
  optionValue = longer(optionValue, new Float64Array(room))
}

function pairOnce(
  motion: Placement,
  deformation: Deformation,
  radiusPx: number,
  similarity: Float32Array,
  a: Points,
  b: Points,
): Pairing {
  const turn = turnOf(motion)
  const squaredRadius = radiusPx * radiusPx
  const bent = deformation.x.length > 0
  let options = 0
  for (let j = 0; j < b.count; j++) {
    let x = motion.cos * b.x[j] - motion.sin * b.y[j] + motion.dx
    let y = motion.sin * b.x[j] + motion.cos * b.y[j] + motion.dy
    if (bent) {
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
      if (squared > squaredRadius) continue
      const turnGap = Math.abs(wrap(a.angle[i] - angle))
      if (turnGap > pairing.angleRad) continue
      if (options === room) grow()
      const closeness = (1 - (0.6 * squared) / squaredRadius) * (1 - 0.6 * (turnGap / pairing.angleRad) ** 2)
      optionI[options] = i
      optionJ[options] = j
      optionGap[options] = squared
      optionTurn[options] = turnGap
      optionValue[options++] = closeness * (0.5 + similarity[i * b.count + j])
    }
  }
  const order = Int32Array.from({ length: options }, (_, k) => k).sort(
    (p, q) => optionValue[q] - optionValue[p] || optionI[p] - optionI[q] || optionJ[p] - optionJ[q],
  )
  const usedA = new Uint8Array(a.count)
  const usedB = new Uint8Array(b.count)
  const pairedA: number[] = []
  const pairedB: number[] = []
  const gapPx: number[] = []
  const turnRad: number[] = []
  let support = 0
  for (const k of order) {
    const [i, j] = [optionI[k], optionJ[k]]
    if (usedA[i] === 1 || usedB[j] === 1) continue
    usedA[i] = usedB[j] = 1
    pairedA.push(i)
    pairedB.push(j)
    gapPx.push(Math.sqrt(optionGap[k]))
    turnRad.push(optionTurn[k])
    support += optionValue[k]
  }
  return { motion, deformation, a: pairedA, b: pairedB, gapPx, turnRad, support }
}
