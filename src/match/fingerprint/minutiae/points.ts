import type { PrintView } from "./print-view.js"

/** Minutiae of a view in working units: pixels and radians. */
export interface Points {
  readonly count: number
  readonly x: Float64Array
  readonly y: Float64Array
  readonly angle: Float64Array
}

const known = new WeakMap<Uint16Array, Points>()

/** A print is held against many: its points are made once. */
export function pointsOf(view: Pick<PrintView, "x" | "y" | "angle">): Points {
  const points = known.get(view.x) ?? made(view)
  known.set(view.x, points)
  return points
}

const made = (view: Pick<PrintView, "x" | "y" | "angle">): Points => ({
  count: view.x.length,
  x: Float64Array.from(view.x, (v) => v / 4),
  y: Float64Array.from(view.y, (v) => v / 4),
  angle: Float64Array.from(view.angle, (v) => (v / 65536) * 2 * Math.PI),
})

/** The same angle in (-π, π]. */
export function wrap(angleRad: number): number {
  let angle = angleRad
  while (angle > Math.PI) angle -= 2 * Math.PI
  while (angle <= -Math.PI) angle += 2 * Math.PI
  return angle
}
