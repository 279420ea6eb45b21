import { shiftAt } from "./deformation.js"
import type { Pairing } from "./pairing.js"
import { map } from "./parameters.js"
import { type PrintView, ridgeWordsPerRow } from "./print-view.js"
import { turnOf } from "./rigid-motion.js"

/** What the two prints say about each other where they lie over one another, minutiae aside. */
export interface OverlapAgreement {
  /** Square pixels both prints cover. */
  readonly areaPx: number
  /** Mean cosine of twice the angle between the ridges, -1 to 1. */
  readonly orientation: number
  /** Mean absolute natural logarithm of the ratio of ridge periods. */
  readonly period: number
  /** Mean agreement of ridge and valley, -1 to 1, each block where it lies and after its best small shift across. */
  readonly ridges: number
  readonly shiftedRidges: number
  /** Spread of those shifts, in ridge periods: small where the prints are one. */
  readonly shiftSpread: number
}

const blockHalf = 6 // samples each way: 24 pixels at 250 dpi
const strideCells = 2
const shifts = [0, -1, 1, -2, 2, -3, 3]

/** Lays the probe `b` over the reference `a` as the pairing says. */
export function overlapAgreement(found: Pairing, a: PrintView, b: PrintView): OverlapAgreement {
  const { motion } = found
  const turn256 = (turnOf(motion) / Math.PI) * 256
  let cells = 0
  let orientation = 0
  let period = 0
  let blocks = 0
  let ridges = 0
  let shiftedRidges = 0
  let shiftSum = 0
  let shiftSquares = 0
  for (let row = 0; row < b.rows; row++) {
    for (let col = 0; col < b.cols; col++) {
      const cellB = row * b.cols + col
      if (b.period[cellB] === 0) continue
      const bx = (col + 0.5) * map.cellPx
      const by = (row + 0.5) * map.cellPx
      let x = motion.cos * bx - motion.sin * by + motion.dx
      let y = motion.sin * bx + motion.cos * by + motion.dy
      const [sx, sy] = shiftAt(found.deformation, x, y)
      x += sx
      y += sy
      const acol = Math.floor(x / map.cellPx)
      const arow = Math.floor(y / map.cellPx)
      if (acol < 0 || arow < 0 || acol >= a.cols || arow >= a.rows) continue
      const cellA = arow * a.cols + acol
      if (a.period[cellA] === 0) continue
      cells++
      const gap = a.orientation[cellA] - b.orientation[cellB] - turn256
      orientation += Math.cos((gap / 256) * 2 * Math.PI)
      period += Math.abs(Math.log(a.period[cellA] / b.period[cellB]))
      if (row % strideCells !== 0 || col % strideCells !== 0) continue
      const normal = (a.orientation[cellA] / 256) * Math.PI + Math.PI / 2
      let best = -2
      let bestShift = 0
      for (const shift of shifts) {
        const value = blockAgreement(
          a,
          b,
          x + shift * Math.cos(normal) * 1.5,
          y + shift * Math.sin(normal) * 1.5,
          bx,
          by,
          motion,
        )
        if (shift === 0) ridges += value
        if (value > best) {
          best = value
          bestShift = shift * 1.5
        }
      }
      blocks++
      shiftedRidges += best
      shiftSum += bestShift
      shiftSquares += bestShift * bestShift
    }
  }
  const spread =
    blocks === 0 ? 0 : Math.sqrt(Math.max(0, shiftSquares / blocks - 0 * (shiftSum / blocks) ** 2))
  return {
    areaPx: cells * map.cellPx * map.cellPx,
    orientation: cells === 0 ? 0 : orientation / cells,
    period: cells === 0 ? 0 : period / cells,
    ridges: blocks === 0 ? 0 : ridges / blocks,
    shiftedRidges: blocks === 0 ? 0 : shiftedRidges / blocks,
    shiftSpread: spread,
  }
}

/** Agreement of ridge and valley in a block around (x, y) of `a` and (bx, by) of `b`: 1 all alike, -1 all opposite. */
function blockAgreement(
  a: PrintView,
  b: PrintView,
  x: number,
  y: number,
  bx: number,
  by: number,
  motion: { readonly cos: number; readonly sin: number },
): number {
  const step = map.ridgeStepPx
  const wordsA = ridgeWordsPerRow(a.ridgeCols)
  const wordsB = ridgeWordsPerRow(b.ridgeCols)
  const ca = Math.round(bx / step)
  const ra = Math.round(by / step)
  let same = 0
  let count = 0
  for (let v = -blockHalf; v <= blockHalf; v += 1) {
    const rowB = ra + v
    if (rowB < 0 || rowB >= b.ridgeRows) continue
    for (let u = -blockHalf; u <= blockHalf; u += 1) {
      const colB = ca + u
      if (colB < 0 || colB >= b.ridgeCols) continue
      const colA = Math.round(x / step + motion.cos * u - motion.sin * v)
      const rowA = Math.round(y / step + motion.sin * u + motion.cos * v)
      if (colA < 0 || rowA < 0 || colA >= a.ridgeCols || rowA >= a.ridgeRows) continue
      const bitA = (a.ridges[rowA * wordsA + (colA >> 5)] >>> (colA & 31)) & 1
      const bitB = (b.ridges[rowB * wordsB + (colB >> 5)] >>> (colB & 31)) & 1
      same += bitA === bitB ? 1 : -1
      count++
    }
  }
  return count === 0 ? 0 : same / count
}
