import { shiftAt } from "./deformation.js"
import { cosTwice } from "./direction-agreement.js"
import type { Pairing } from "./pairing.js"
import { map, strip } from "./parameters.js"
import { cellAt, type PrintView } from "./print-view.js"
import { readStrip, shiftAgreements } from "./ridge-strip.js"
import { turnOf } from "./rigid-motion.js"
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

const normals = Array.from({ length: 256 }, (_, i) => (i / 256) * Math.PI + Math.PI / 2)
export const normalX = Float64Array.from(normals, (a) => Math.cos(a))
export const normalY = Float64Array.from(normals, (a) => Math.sin(a))
/** Natural logarithms of the bytes that periods are kept in. */
export const logs = Float64Array.from({ length: 256 }, (_, i) => Math.log(i))

/** Lays the probe `b` over the reference `a` as the pairing says, in about `blocks` patches. */
export function overlapAgreement(
  found: Pick<Pairing, "motion" | "deformation">,
  a: PrintView,
  b: PrintView,
  blocks: number = strip.maxBlocks,
): OverlapAgreement {
  const stride = gridStride(b, blocks)
  const turn256 = Math.round((turnOf(found.motion) / Math.PI) * 256)
  const lattice = emptyLattice(Math.ceil(b.cols / stride), Math.ceil(b.rows / stride))
  const wide = new Int32Array(strip.lines)
  const narrow = new Int32Array(strip.lines)
  const { cos, sin, dx, dy } = found.motion
  const scale = Math.sqrt(cos * cos + sin * sin)
  const logScale = Math.log(scale)
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
    orientation += cosTwice[(a.orientation[cellA] - b.orientation[cellB] - turn256) & 255]
    period += Math.abs(logs[a.period[cellA]] - logs[b.period[cellB]] - logScale)
    const nx = normalX[a.orientation[cellA]]
    const ny = normalY[a.orientation[cellA]]
    readStrip(a, x, y, nx, ny, strip.samples + 2 * strip.maxShift, wide)
    const [mx, my] = [(cos * nx + sin * ny) / scale ** 2, (cos * ny - sin * nx) / scale ** 2]
    readStrip(b, bx, by, mx, my, strip.samples, narrow)
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

const emptyLattice = (cols: number, rows: number): PatchLattice => ({
  cols,
  rows,
  present: new Uint8Array(cols * rows),
  nx: new Float32Array(cols * rows),
  ny: new Float32Array(cols * rows),
  agreements: new Float32Array(cols * rows * shiftCount),
})

export function gridStride(view: PrintView, blocks: number): number {
  const cells = view.period.reduce((sum, p) => sum + (p > 0 ? 1 : 0), 0)
  return Math.max(2, Math.ceil(Math.sqrt(cells / blocks)))
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
