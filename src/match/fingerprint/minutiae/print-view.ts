import { type CylinderCodes, cylinderCodes } from "./cylinder-codes.js"
import type { RidgeAnalysis } from "./extract.js"
import { orientationAt } from "./orientation-field.js"
import { cellPx, map } from "./parameters.js"

/** What is kept of one image: minutiae, their codes, and coarse maps of the ridges. All quantised to what the codec
 *  stores, so that a template compares the same before and after storage. */
export interface PrintView {
  readonly width: number
  readonly height: number
  /** 0-100 */
  readonly quality: number
  /** Quarter pixels. */
  readonly x: Uint16Array
  readonly y: Uint16Array
  /** 1/65536 of a turn. */
  readonly angle: Uint16Array
  /** 1 ending, 2 bifurcation. */
  readonly kind: Uint8Array
  /** 0-255 */
  readonly trust: Uint8Array
  readonly codes: CylinderCodes
  /** Map cells of `map.cellPx`: columns and rows. */
  readonly cols: number
  readonly rows: number
  /** 1/256 of half a turn. */
  readonly orientation: Uint8Array
  /** Tenths of a pixel; 0 outside the print. */
  readonly period: Uint8Array
  /** One bit a sample of `map.ridgeStepPx`, 1 on a ridge; rows of `ridgeCols` samples packed into words. All three are
   *  empty where only minutiae are known; `orientation` then means nothing, and `period` only where the print is. */
  readonly ridgeCols: number
  readonly ridgeRows: number
  readonly ridges: Int32Array
}

/** Whether the view has more than minutiae. */
export const hasRidges = (view: PrintView): boolean => view.ridges.length > 0

/** The map cell of `view` at (x, y) pixels, or -1 where the print is not. */
export function cellAt(view: PrintView, x: number, y: number): number {
  const col = Math.floor(x / map.cellPx)
  const row = Math.floor(y / map.cellPx)
  if (col < 0 || row < 0 || col >= view.cols || row >= view.rows) return -1
  const cell = row * view.cols + col
  return view.period[cell] === 0 ? -1 : cell
}

export const ridgeWordsPerRow = (ridgeCols: number): number => (ridgeCols + 31) >> 5

export function printView(analysis: RidgeAnalysis, quality: number): PrintView {
  const { minutiae, width, height } = analysis
  const x = Uint16Array.from(minutiae, (m) => Math.round(m.x * 4))
  const y = Uint16Array.from(minutiae, (m) => Math.round(m.y * 4))
  const angle = Uint16Array.from(minutiae, (m) => Math.round((m.angleRad / (2 * Math.PI)) * 65536) & 0xffff)
  const maps = coarseMaps(analysis)
  const inside = (px: number, py: number): boolean => {
    const col = Math.floor(px / map.cellPx)
    const row = Math.floor(py / map.cellPx)
    return col >= 0 && row >= 0 && col < maps.cols && row < maps.rows && maps.period[row * maps.cols + col] > 0
  }
  return {
    width,
    height,
    quality,
    x,
    y,
    angle,
    kind: Uint8Array.from(minutiae, (m) => (m.kind === "ending" ? 1 : 2)),
    trust: Uint8Array.from(minutiae, (m) => Math.round(m.quality * 255)),
    codes: cylinderCodes(
      Float32Array.from(x, (v) => v / 4),
      Float32Array.from(y, (v) => v / 4),
      Float32Array.from(angle, (v) => (v / 65536) * 2 * Math.PI),
      inside,
    ),
    ...maps,
    ...ridgePicture(analysis),
  }
}

function coarseMaps({ width, height, field, period, mask }: RidgeAnalysis) {
  const cols = Math.ceil(width / map.cellPx)
  const rows = Math.ceil(height / map.cellPx)
  const orientation = new Uint8Array(cols * rows)
  const periods = new Uint8Array(cols * rows)
  const step = map.cellPx / cellPx
  const fineCols = field.cos.width
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const fine = Math.min(field.cos.height - 1, row * step + 1) * fineCols + Math.min(fineCols - 1, col * step + 1)
      if (mask[fine] === 0) continue
      orientation[row * cols + col] = Math.round((orientationAt(field, fine) / Math.PI) * 256) & 0xff
      periods[row * cols + col] = Math.max(1, Math.min(255, Math.round(period.periodPx.values[fine] * 10)))
    }
  }
  return { cols, rows, orientation, period: periods }
}

function ridgePicture({ width, height, enhanced }: RidgeAnalysis) {
  const ridgeCols = Math.floor(width / map.ridgeStepPx)
  const ridgeRows = Math.floor(height / map.ridgeStepPx)
  const words = ridgeWordsPerRow(ridgeCols)
  const ridges = new Int32Array(words * ridgeRows)
  for (let row = 0; row < ridgeRows; row++) {
    for (let col = 0; col < ridgeCols; col++) {
      if (enhanced.values[row * map.ridgeStepPx * width + col * map.ridgeStepPx] < 0) {
        ridges[row * words + (col >> 5)] |= 1 << (col & 31)
      }
    }
  }
  return { ridgeCols, ridgeRows, ridges }
}
