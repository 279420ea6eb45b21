import { placement } from "./parameters.js"

/** Turns by the angle whose cosine and sine are given, then shifts: where a point of the probe lies in the
 *  reference. */
export interface RigidMotion {
  readonly cos: number
  readonly sin: number
  readonly dx: number
  readonly dy: number
}

/** As a rigid motion, but cosine and sine are multiplied by a scale near 1 (`placement.maxScale`). */
export type Placement = RigidMotion

export const turnOf = ({ cos, sin }: RigidMotion): number => Math.atan2(sin, cos)

/** The motion that takes (bx, by) to (ax, ay) turning by the given angle. */
export function motionThrough(ax: number, ay: number, bx: number, by: number, angleRad: number): RigidMotion {
  const cos = Math.cos(angleRad)
  const sin = Math.sin(angleRad)
  return { cos, sin, dx: ax - (cos * bx - sin * by), dy: ay - (sin * bx + cos * by) }
}

export interface PointPair {
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
  readonly turnRad: number
  readonly weight: number
}

/** Weighted least squares over point pairs (probe b -> reference a), plus `turnWeight` times each pair's own direction
 *  change, which steadies the angle where few pairs lie close together. */
export const fitMotion = (pairs: readonly PointPair[], turnWeight: number): RigidMotion => fit(pairs, turnWeight, false)

/** The same with a scale, drawn towards 1: skin is pressed flat, sensors differ, and few pairs tell little. */
export const fitPlacement = (pairs: readonly PointPair[], turnWeight: number): Placement => fit(pairs, turnWeight, true)

function fit(pairs: readonly PointPair[], turnWeight: number, scaled: boolean): RigidMotion {
  let w = 0
  let [ax, ay, bx, by] = [0, 0, 0, 0]
  for (const p of pairs) {
    w += p.weight
    ax += p.weight * p.ax
    ay += p.weight * p.ay
    bx += p.weight * p.bx
    by += p.weight * p.by
  }
  ;[ax, ay, bx, by] = [ax / w, ay / w, bx / w, by / w]
  let re = 0
  let im = 0
  let turnRe = 0
  let turnIm = 0
  let spread = 0
  for (const p of pairs) {
    const [x, y, u, v] = [p.bx - bx, p.by - by, p.ax - ax, p.ay - ay]
    re += p.weight * (x * u + y * v)
    im += p.weight * (x * v - y * u)
    turnRe += p.weight * Math.cos(p.turnRad)
    turnIm += p.weight * Math.sin(p.turnRad)
    spread += p.weight * (x * x + y * y)
  }
  const angle = Math.atan2(im + turnWeight * turnIm, re + turnWeight * turnRe)
  let cos = Math.cos(angle)
  let sin = Math.sin(angle)
  if (scaled) {
    const { maxScale, scalePrior, scalePriorPerWeight } = placement
    const prior = scalePrior + scalePriorPerWeight * w
    const scale = (cos * re + sin * im + prior) / (spread + prior)
    const kept = Math.max(1 / maxScale, Math.min(maxScale, scale))
    cos *= kept
    sin *= kept
  }
  return { cos, sin, dx: ax - (cos * bx - sin * by), dy: ay - (sin * bx + cos * by) }
}
