import type { Look } from "./face-sight.js"
import { greyAt } from "./grey-at.js"

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Light and detail inside a box of an RGBA frame. */
export function lightOfFace(rgba: Uint8ClampedArray, widthPx: number, heightPx: number, box: Box): Look["light"] {
  const left = Math.max(0, Math.floor(box.x))
  const top = Math.max(0, Math.floor(box.y))
  const columns = Math.min(widthPx, Math.ceil(box.x + box.width)) - left
  const rows = Math.min(heightPx, Math.ceil(box.y + box.height)) - top
  if (columns < 8 || rows < 8) return undefined
  const grey = new Float32Array(columns * rows)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      grey[y * columns + x] = greyAt(rgba, (top + y) * widthPx + left + x)
    }
  }
  const at = (x: number, y: number): number => grey[y * columns + x] ?? 0
  let [first, second, laplacian] = [0, 0, 0]
  for (let y = 1; y < rows - 1; y++) {
    for (let x = 1; x < columns - 1; x++) {
      const here = at(x, y)
      if (x < columns / 2) first += here
      else second += here
      laplacian += Math.abs(4 * here - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1))
    }
  }
  const count = (columns - 2) * (rows - 2)
  return {
    mean: (first + second) / count,
    balance: Math.min(first, second) / Math.max(1, first, second),
    detail: laplacian / count,
  }
}
