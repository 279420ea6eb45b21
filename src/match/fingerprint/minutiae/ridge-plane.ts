import { map } from "./parameters.js"
import { type PrintView, ridgeWordsPerRow } from "./print-view.js"

/** The binary ridge picture of a view with its steps rounded off: +1 on ridges, -1 in valleys, ridgeCols ×
 *  ridgeRows. */
export interface RidgePlane {
  readonly cols: number
  readonly rows: number
  readonly values: Float32Array
}

const weights = [1, 2, 1]

/** A probe is held against several references: its plane is made once. */
const made = new WeakMap<PrintView, RidgePlane>()

/** @param view one with ridges, see `hasRidges` */
export function ridgePlane(view: PrintView): RidgePlane {
  const plane = made.get(view) ?? smoothed(view)
  made.set(view, plane)
  return plane
}

function smoothed({ ridgeCols: cols, ridgeRows: rows, ridges }: PrintView): RidgePlane {
  const words = ridgeWordsPerRow(cols)
  const sign = (row: number, col: number): number => ((ridges[row * words + (col >> 5)] >> (col & 31)) & 1) * 2 - 1
  const values = new Float32Array(cols * rows)
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      let sum = 0
      let weight = 0
      for (let v = -1; v <= 1; v++) {
        if (row + v < 0 || row + v >= rows) continue
        for (let u = -1; u <= 1; u++) {
          if (col + u < 0 || col + u >= cols) continue
          const w = weights[u + 1] * weights[v + 1]
          sum += w * sign(row + v, col + u)
          weight += w
        }
      }
      values[row * cols + col] = sum / weight
    }
  }
  return { cols, rows, values }
}

/** Bilinear, at (x, y) pixels; 0 outside. */
export function ridgeAt({ cols, rows, values }: RidgePlane, xPx: number, yPx: number): number {
  const x = xPx / map.ridgeStepPx
  const y = yPx / map.ridgeStepPx
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < 0 || top < 0 || left + 1 >= cols || top + 1 >= rows) return 0
  const i = top * cols + left
  const upper = values[i] + (x - left) * (values[i + 1] - values[i])
  const lower = values[i + cols] + (x - left) * (values[i + cols + 1] - values[i + cols])
  return upper + (y - top) * (lower - upper)
}
