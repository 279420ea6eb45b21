import { strip } from "./parameters.js"
import { boxMean, type Plane, plane } from "./plane.js"

/** Patches of ridges on a regular grid of the probe; `present` tells which grid places have one. */
export interface PatchLattice {
  readonly cols: number
  readonly rows: number
  readonly present: Uint8Array
  /** Unit vector across the ridges, in the reference frame. */
  readonly nx: Float32Array
  readonly ny: Float32Array
  /** Agreement at every shift across, places × shiftCount. */
  readonly agreements: Float32Array
}

export const shiftCount = 2 * strip.maxShift + 1

/** For each place the shift across its ridges (samples, whole) that its neighbourhood tells. A patch alone cannot tell
 *  one ridge from the next; so every round lets a patch choose only near what the round before said, then fits one
 *  shift vector a neighbourhood (least squares of n · d = shift, drawn towards none), with ever smaller ones. */
export function smoothShifts(lattice: PatchLattice): Int32Array {
  const { cols, rows, present, nx, ny, agreements } = lattice
  const places = cols * rows
  const chosen = new Int32Array(places)
  const sums: Plane[] = Array.from({ length: 5 }, () => plane(cols, rows))
  for (const [round, radius] of strip.smoothRadii.entries()) {
    for (let i = 0; i < places; i++) {
      if (present[i] === 0) continue
      const window = round === 0 ? strip.firstWindow : strip.laterWindow
      const from = Math.max(-strip.maxShift, chosen[i] - window)
      const to = Math.min(strip.maxShift, chosen[i] + window)
      const at = i * shiftCount + strip.maxShift
      let best = chosen[i]
      for (let s = from; s <= to; s++) if (agreements[at + s] > agreements[at + best]) best = s
      const strength = Math.max(0, agreements[at + best])
      const w = strength * strength
      sums[0].values[i] = w * nx[i] * nx[i]
      sums[1].values[i] = w * nx[i] * ny[i]
      sums[2].values[i] = w * ny[i] * ny[i]
      sums[3].values[i] = w * nx[i] * best
      sums[4].values[i] = w * ny[i] * best
    }
    const [xx, xy, yy, xs, ys] = sums.map((sum) => boxMean(boxMean(sum, radius), radius).values)
    const prior = strip.shiftPrior / (2 * radius + 1) ** 2
    for (let i = 0; i < places; i++) {
      if (present[i] === 0) continue
      const a = xx[i] + prior
      const d = yy[i] + prior
      const det = a * d - xy[i] * xy[i]
      const shift = (nx[i] * (d * xs[i] - xy[i] * ys[i]) + ny[i] * (a * ys[i] - xy[i] * xs[i])) / det
      chosen[i] = Math.max(-strip.maxShift, Math.min(strip.maxShift, Math.round(shift)))
    }
  }
  return chosen
}
