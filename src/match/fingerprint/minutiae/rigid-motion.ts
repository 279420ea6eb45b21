/** Turns by the angle whose cosine and sine are given, then shifts: where a point of the probe lies in the
 *  reference. */
export interface RigidMotion {
  readonly cos: number
  readonly sin: number
  readonly dx: number
  readonly dy: number
}

export const turnOf = ({ cos, sin }: RigidMotion): number => Math.atan2(sin, cos)

/** The motion that takes (bx, by) to (ax, ay) turning by the given angle. */
export function motionThrough(ax: number, ay: number, bx: number, by: number, angleRad: number): RigidMotion {
  const cos = Math.cos(angleRad)
  const sin = Math.sin(angleRad)
  return { cos, sin, dx: ax - (cos * bx - sin * by), dy: ay - (sin * bx + cos * by) }
}

/** Weighted least squares over point pairs (probe b -> reference a), plus `turnWeight` times each pair's own direction
 *  change, which steadies the angle where few pairs lie close together. */
export function fitMotion(
  pairs: readonly { ax: number; ay: number; bx: number; by: number; turnRad: number; weight: number }[],
  turnWeight: number,
): RigidMotion {
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
  for (const p of pairs) {
    const [x, y, u, v] = [p.bx - bx, p.by - by, p.ax - ax, p.ay - ay]
    re += p.weight * (x * u + y * v + turnWeight * Math.cos(p.turnRad))
    im += p.weight * (x * v - y * u + turnWeight * Math.sin(p.turnRad))
  }
  const angle = Math.atan2(im, re)
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return { cos, sin, dx: ax - (cos * bx - sin * by), dy: ay - (sin * bx + cos * by) }
}
