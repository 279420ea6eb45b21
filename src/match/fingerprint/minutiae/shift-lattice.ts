import { strip } from "./parameters.js"

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
  const sums = sumsOf(places)
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
      sums[0][i] = w * nx[i] * nx[i]
      sums[1][i] = w * nx[i] * ny[i]
      sums[2][i] = w * ny[i] * ny[i]
      sums[3][i] = w * nx[i] * best
      sums[4][i] = w * ny[i] * best
    }
    for (const sum of sums) for (let twice = 0; twice < 2; twice++) blur(sum, cols, rows, radius)
    const [xx, xy, yy, xs, ys] = sums
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

/** Five grids that one call after another works in. */
let kept: Float32Array[] = []
function sumsOf(places: number): Float32Array[] {
  if (kept.length === 0 || kept[0].length < places) kept = Array.from({ length: 5 }, () => new Float32Array(2 * places))
  for (const sum of kept) sum.fill(0, 0, places)
  return kept
}

let line = new Float32Array(64)

/** Mean over (2 radius + 1)² places, clipped at the edges, in place: `boxMean` of small grids without new arrays. */
function blur(values: Float32Array, cols: number, rows: number, radius: number): void {
  if (line.length < Math.max(cols, rows)) line = new Float32Array(Math.max(cols, rows))
  for (let row = 0; row < rows; row++) blurLine(values, row * cols, 1, cols, radius)
  for (let col = 0; col < cols; col++) blurLine(values, col, cols, rows, radius)
}

function blurLine(values: Float32Array, start: number, step: number, count: number, radius: number): void {
  for (let i = 0; i < count; i++) line[i] = values[start + i * step]
  let sum = 0
  for (let i = 0; i < Math.min(radius, count); i++) sum += line[i]
  for (let i = 0; i < count; i++) {
    if (i + radius < count) sum += line[i + radius]
    if (i - radius > 0) sum -= line[i - radius - 1]
    values[start + i * step] = sum / (Math.min(i + radius, count - 1) - Math.max(i - radius, 0) + 1)
  }
}
