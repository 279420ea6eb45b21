import { shiftAt } from "./deformation.js"
import type { Pairing } from "./pairing.js"
import { map, strip } from "./parameters.js"
import type { PrintView } from "./print-view.js"
import { readStrip, shiftAgreements } from "./ridge-strip.js"
import { type RigidMotion, turnOf } from "./rigid-motion.js"
import { type PatchLattice, shiftCount, smoothShifts } from "./shift-lattice.js"

/** What the two prints say about each other where they lie over one another, minutiae aside. */
export interface OverlapAgreement {
  /** Square pixels both prints cover. */
  readonly areaPx: number
  /** Mean cosine of twice the angle between the ridges, -1 to 1. */
  readonly orientation: number
  /** Mean absolute natural logarithm of the ratio of ridge periods. */
  readonly period: number
  /** Mean agreement of ridge and valley over all patches, -1 to 1: as placed, with each patch shifted by what its
   *  neighbourhood says, and with each patch shifted to its own best. */
  readonly placedRidges: number
  readonly smoothRidges: number
  readonly bestRidges: number
  /** Share of patches that agree well after the neighbourhood's shift. */
  readonly goodShare: number
}

/** Mean cosine of twice the angle between the ridges over a coarse grid, -1 to 1, and how many places were compared. */
export function orientationAgreement(
  motion: RigidMotion,
  a: PrintView,
  b: PrintView,
): { mean: number; places: number } {
  const turn256 = (turnOf(motion) / Math.PI) * 256
  let sum = 0
  let places = 0
  for (let row = 1; row < b.rows; row += strip.coarseStride) {
    for (let col = 1; col < b.cols; col += strip.coarseStride) {
      const cellB = row * b.cols + col
      if (b.period[cellB] === 0) continue
      const bx = (col + 0.5) * map.cellPx
      const by = (row + 0.5) * map.cellPx
      const cellA = cellAt(
        a,
        motion.cos * bx - motion.sin * by + motion.dx,
        motion.sin * bx + motion.cos * by + motion.dy,
      )
      if (cellA < 0) continue
      sum += Math.cos(((a.orientation[cellA] - b.orientation[cellB] - turn256) / 128) * Math.PI)
      places++
    }
  }
  return { mean: places === 0 ? 0 : sum / places, places }
}

/** Lays the probe `b` over the reference `a` as the pairing says. */
export function overlapAgreement(found: Pairing, a: PrintView, b: PrintView): OverlapAgreement {
  const stride = gridStride(b)
  const turn256 = (turnOf(found.motion) / Math.PI) * 256
  const lattice = emptyLattice(Math.ceil(b.cols / stride), Math.ceil(b.rows / stride))
  const wide = new Int32Array(strip.lines)
  const narrow = new Int32Array(strip.lines)
  const { cos, sin, dx, dy } = found.motion
  let count = 0
  let orientation = 0
  let period = 0
  for (let place = 0; place < lattice.present.length; place++) {
    const col = (place % lattice.cols) * stride + (stride >> 1)
    const row = Math.floor(place / lattice.cols) * stride + (stride >> 1)
    if (col >= b.cols || row >= b.rows) continue
    const cellB = row * b.cols + col
    if (b.period[cellB] === 0) continue
    const bx = (col + 0.5) * map.cellPx
    const by = (row + 0.5) * map.cellPx
    let x = cos * bx - sin * by + dx
    let y = sin * bx + cos * by + dy
    const [sx, sy] = shiftAt(found.deformation, x, y)
    x += sx
    y += sy
    const cellA = cellAt(a, x, y)
    if (cellA < 0) continue
    orientation += Math.cos(((a.orientation[cellA] - b.orientation[cellB] - turn256) / 128) * Math.PI)
    period += Math.abs(Math.log(a.period[cellA] / b.period[cellB]))
    const normal = (a.orientation[cellA] / 256) * Math.PI + Math.PI / 2
    const nx = Math.cos(normal)
    const ny = Math.sin(normal)
    readStrip(a, x, y, nx, ny, strip.samples + 2 * strip.maxShift, wide)
    readStrip(b, bx, by, cos * nx + sin * ny, cos * ny - sin * nx, strip.samples, narrow)
    shiftAgreements(wide, narrow, lattice.agreements.subarray(place * shiftCount, (place + 1) * shiftCount))
    lattice.present[place] = 1
    lattice.nx[place] = nx
    lattice.ny[place] = ny
    count++
  }
  return {
    areaPx: count * (stride * map.cellPx) ** 2,
    orientation: count === 0 ? 0 : orientation / count,
    period: count === 0 ? 0 : period / count,
    ...ridgeAgreement(lattice, count),
  }
}

/** The map cell of `view` at (x, y) pixels, or -1 where the print is not. */
function cellAt(view: PrintView, x: number, y: number): number {
  const col = Math.floor(x / map.cellPx)
  const row = Math.floor(y / map.cellPx)
  if (col < 0 || row < 0 || col >= view.cols || row >= view.rows) return -1
  const cell = row * view.cols + col
  return view.period[cell] === 0 ? -1 : cell
}

const emptyLattice = (cols: number, rows: number): PatchLattice => ({
  cols,
  rows,
  present: new Uint8Array(cols * rows),
  nx: new Float32Array(cols * rows),
  ny: new Float32Array(cols * rows),
  agreements: new Float32Array(cols * rows * shiftCount),
})

function gridStride(view: PrintView): number {
  const cells = view.period.reduce((sum, p) => sum + (p > 0 ? 1 : 0), 0)
  return Math.max(2, Math.ceil(Math.sqrt(cells / strip.maxBlocks)))
}

function ridgeAgreement(lattice: PatchLattice, count: number) {
  const shifts = smoothShifts(lattice)
  let placed = 0
  let smooth = 0
  let own = 0
  let good = 0
  for (let i = 0; i < shifts.length; i++) {
    if (lattice.present[i] === 0) continue
    const at = i * shiftCount + strip.maxShift
    let best = -1
    for (let s = -strip.freeShift; s <= strip.freeShift; s++) best = Math.max(best, lattice.agreements[at + s])
    const value = lattice.agreements[at + shifts[i]]
    placed += lattice.agreements[at]
    smooth += value
    own += best
    if (value > 0.5) good++
  }
  const n = Math.max(1, count)
  return { placedRidges: placed / n, smoothRidges: smooth / n, bestRidges: own / n, goodShare: good / n }
}
