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

/** Shift at (x, y): Gaussian-weighted mean of the known ones, drawn towards zero where none is near. */
export function shiftAt(deformation: Deformation, x: number, y: number): readonly [number, number] {
  let weight = pairing.deformationPrior
  let sx = 0
  let sy = 0
  for (let k = 0; k < deformation.x.length; k++) {
    const squared = (deformation.x[k] - x) ** 2 + (deformation.y[k] - y) ** 2
    const w = Math.exp(-squared * reach)
    weight += w
    sx += w * deformation.dx[k]
    sy += w * deformation.dy[k]
  }
  return [sx / weight, sy / weight]
}
