import { pairing } from "./parameters.js"

/** A smooth field of small shifts in the reference frame, known at scattered points: how the skin was stretched beyond
 *  the rigid placement. */
export interface Deformation {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly dx: readonly number[]
  readonly dy: readonly number[]
}

export const noDeformation: Deformation = { x: [], y: [], dx: [], dy: [] }

const reach = 1 / (2 * pairing.deformationSigmaPx ** 2)

/** Shift at (x, y): a small similarity motion fitted to the known shifts around (Gaussian weights), so that it goes on
 *  beyond them; drawn towards none where few are near. Moving least squares (Schaefer, McPhail and Warren 2006). */
export function shiftAt(deformation: Deformation, x: number, y: number): readonly [number, number] {
  const { x: xs, y: ys, dx: dxs, dy: dys } = deformation
  if (xs.length === 0) return none
  let weight = 0
  let [cx, cy, sx, sy] = [0, 0, 0, 0]
  let [squares, along, across] = [0, 0, 0]
  for (let k = 0; k < xs.length; k++) {
    const u = xs[k] - x
    const v = ys[k] - y
    const w = Math.exp(-(u * u + v * v) * reach)
    const p = dxs[k]
    const q = dys[k]
    weight += w
    cx += w * u
    cy += w * v
    sx += w * p
    sy += w * q
    squares += w * (u * u + v * v)
    along += w * (u * p + v * q)
    across += w * (u * q - v * p)
  }
  // about the neighbourhood's centre; the prior counts as a known shift of 0 at (x, y)
  const n = weight + pairing.deformationPrior
  const [mx, my, tx, ty] = [cx / n, cy / n, sx / n, sy / n]
  const spread = squares - n * (mx * mx + my * my) + pairing.bendPrior
  const stretch = (along - n * (mx * tx + my * ty)) / spread
  const turn = (across - n * (mx * ty - my * tx)) / spread
  return [tx - stretch * mx + turn * my, ty - stretch * my - turn * mx]
}

const none = [0, 0] as const
