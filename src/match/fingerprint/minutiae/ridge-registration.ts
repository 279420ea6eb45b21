import { popcount } from "./cylinder-codes.js"
import { normalX, normalY } from "./overlap-agreement.js"
import { registration, strip } from "./parameters.js"
import { cellAt, type PrintView } from "./print-view.js"
import { readStrip } from "./ridge-strip.js"
import { motionThrough, type Placement } from "./rigid-motion.js"

/** Where a place of the probe lies in the reference, and how it is turned there. */
export interface Seed {
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
  readonly turnRad: number
}

export interface Registered {
  readonly motion: Placement
  /** Mean agreement of the ridges within the last reach, -1 to 1. */
  readonly agreement: number
}

/** Moves the probe until its ridges lie on the reference's: first within a small reach around the seed, then in ever
 *  larger ones. Patches move across their ridges only, by less than half a ridge period, and together tell one
 *  similarity motion (least squares). Undefined where the ridges around the seed do not agree. */
export function registered(seed: Seed, a: PrintView, b: PrintView): Registered | undefined {
  let motion: Placement = motionThrough(seed.ax, seed.ay, seed.bx, seed.by, seed.turnRad)
  let agreement = 0
  for (const [round, reachPx] of registration.reachesPx.entries()) {
    const found = registerWithin(motion, seed, reachPx, a, b)
    agreement = found.agreement
    if (agreement < (registration.least[round] ?? -1)) return undefined
    motion = found.motion
  }
  return { motion, agreement }
}

const window = 2
const wide = new Int32Array(strip.lines)
const narrow = new Int32Array(strip.lines)
const narrowMask = 2 ** strip.samples - 1
const rows4 = Array.from({ length: 4 }, () => new Float64Array(5))

function registerWithin(motion: Placement, seed: Seed, reachPx: number, a: PrintView, b: PrintView): Registered {
  const { cos, sin, dx, dy } = motion
  const squared = cos * cos + sin * sin
  const step = Math.max(registration.leastStepPx, (2 * reachPx) / registration.across)
  for (const row of rows4) row.fill(0)
  let total = 0
  let agreement = 0
  let count = 0
  const steps = Math.floor(reachPx / step + 1e-6)
  for (let v = -steps; v <= steps; v++) {
    for (let u = -steps; u <= steps; u++) {
      const [ux, uy] = [u * step, v * step]
      const bx = seed.bx + ux
      const by = seed.by + uy
      const cellB = cellAt(b, bx, by)
      if (cellB < 0) continue
      const x = cos * bx - sin * by + dx
      const y = sin * bx + cos * by + dy
      const cellA = cellAt(a, x, y)
      if (cellA < 0) continue
      const nx = normalX[a.orientation[cellA]]
      const ny = normalY[a.orientation[cellA]]
      readStrip(a, x, y, nx, ny, strip.samples + 2 * window, wide)
      readStrip(b, bx, by, (cos * nx + sin * ny) / squared, (cos * ny - sin * nx) / squared, strip.samples, narrow)
      let best = 0
      let least = Number.POSITIVE_INFINITY
      for (const shift of byDistance) {
        let different = 0
        for (let line = 0; line < strip.lines; line++) {
          different += popcount(((wide[line] >>> (shift + window)) ^ narrow[line]) & narrowMask)
        }
        if (different < least) {
          least = different
          best = shift
        }
      }
      const value = 1 - (2 * least) / (strip.lines * strip.samples)
      agreement += value
      count++
      if (value <= 0) continue
      const weight = value * value
      addRow(nx, ny, ux, uy, nx * x + ny * y + best * strip.acrossPx, weight)
      total += weight
    }
  }
  if (count < registration.leastPatches) return { motion, agreement: 0 }
  // what nothing tells stays as it is: place, turn and scale
  const sx = cos * seed.bx - sin * seed.by + dx
  const sy = sin * seed.bx + cos * seed.by + dy
  const held = registration.held * total + 1e-6
  const bend = registration.bend * (total + 1) * step * step
  rows4[0][0] += held
  rows4[0][4] += held * sx
  rows4[1][1] += held
  rows4[1][4] += held * sy
  rows4[2][2] += bend
  rows4[2][4] += bend * cos
  rows4[3][3] += bend
  rows4[3][4] += bend * sin
  solve4()
  const [tx, ty, c, s] = [rows4[0][4], rows4[1][4], rows4[2][4], rows4[3][4]]
  return {
    motion: { cos: c, sin: s, dx: tx - (c * seed.bx - s * seed.by), dy: ty - (s * seed.bx + c * seed.by) },
    agreement: (agreement * count) / (count + registration.prior) / Math.max(1, count),
  }
}

const byDistance = [0, 1, -1, 2, -2]

const row5 = new Float64Array(5)
function addRow(nx: number, ny: number, dx: number, dy: number, value: number, weight: number): void {
  row5[0] = nx
  row5[1] = ny
  row5[2] = nx * dx + ny * dy
  row5[3] = ny * dx - nx * dy
  row5[4] = value
  for (let i = 0; i < 4; i++) {
    const w = weight * row5[i]
    for (let k = 0; k < 5; k++) rows4[i][k] += w * row5[k]
  }
}

/** Gauss-Jordan elimination of a symmetric positive system, in place: the solution is the last column. */
function solve4(): void {
  for (let i = 0; i < 4; i++) {
    const row = rows4[i]
    const pivot = row[i] + 1e-9
    for (let k = i; k < 5; k++) row[k] /= pivot
    for (let j = 0; j < 4; j++) {
      if (j === i) continue
      const other = rows4[j]
      const factor = other[i]
      for (let k = i; k < 5; k++) other[k] -= factor * row[k]
    }
  }
}
