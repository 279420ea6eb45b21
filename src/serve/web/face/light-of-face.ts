import type { Look } from "./face-sight.js"

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Light and detail inside a box of an RGBA frame; grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
export function lightOfFace(
  rgba: Uint8ClampedArray,
  widthPx: number,
  heightPx: number,
  box: Box,
): Look["light"] {
  const left = Math.max(0, Math.floor(box.x))
  const top = Math.max(0, Math.floor(box.y))
  const columns = Math.min(widthPx, Math.ceil(box.x + box.width)) - left
  const rows = Math.min(heightPx, Math.ceil(box.y + box.height)) - top
  if (columns < 8 || rows < 8) return undefined
  const grey = new Float32Array(columns * rows)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = 4 * ((top + y) * widthPx + left + x)
      grey[y * columns + x] = 0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2]
    }
  }
  const halves = [0, 0]
  let laplacian = 0
  for (let y = 1; y < rows - 1; y++) {
    for (let x = 1; x < columns - 1; x++) {
      const at = y * columns + x
      halves[x < columns / 2 ? 0 : 1] += grey[at]
      laplacian += Math.abs(
        4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - columns] - grey[at + columns],
      )
    }
  }
  const count = (columns - 2) * (rows - 2)
  return {
    mean: (halves[0] + halves[1]) / count,
    balance: Math.min(...halves) / Math.max(1, ...halves),
    detail: laplacian / count,
  }
}
