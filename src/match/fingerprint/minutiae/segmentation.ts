import { cellPx, segmentation } from "./parameters.js"
import { boxMean, type Plane, percentile, plane } from "./plane.js"

/** Cells with enough contrast to hold ridges: 1 where the local deviation is a fair share of the print's own. */
export function contrastMask(deviation: Plane): { mask: Uint8Array; strong: number } {
  const cols = Math.ceil(deviation.width / cellPx)
  const rows = Math.ceil(deviation.height / cellPx)
  const sampled = new Float32Array(cols * rows)
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const x = Math.min(deviation.width - 1, col * cellPx + 2)
      const y = Math.min(deviation.height - 1, row * cellPx + 2)
      sampled[row * cols + col] = deviation.values[y * deviation.width + x]
    }
  }
  const strong = percentile(sampled, 0.9)
  const threshold = Math.max(1, segmentation.contrastFraction * strong)
  return { mask: Uint8Array.from(sampled, (value) => (value > threshold ? 1 : 0)), strong }
}

/** How well the enhanced image explains the normalised one around each cell: their correlation, 0-1. */
export function ridgeReliability(image: Plane, enhanced: Plane): Plane {
  const cols = Math.ceil(image.width / cellPx)
  const rows = Math.ceil(image.height / cellPx)
  const cross = plane(cols, rows)
  const power = plane(cols, rows)
  const enhancedPower = plane(cols, rows)
  for (let y = 0; y < image.height; y++) {
    const rowStart = ((y / cellPx) | 0) * cols
    for (let x = 0; x < image.width; x++) {
      const i = y * image.width + x
      const cell = rowStart + ((x / cellPx) | 0)
      const a = image.values[i]
      const b = enhanced.values[i]
      cross.values[cell] += a * b
      power.values[cell] += a * a
      enhancedPower.values[cell] += b * b
    }
  }
  const radius = 2
  const [c, p, e] = [cross, power, enhancedPower].map((sums) => boxMean(boxMean(sums, radius), radius).values)
  const result = plane(cols, rows)
  for (let i = 0; i < c.length; i++) result.values[i] = Math.max(0, c[i] / Math.sqrt(p[i] * e[i] + 1e-6))
  return result
}

/** The print: cells with contrast whose neighbourhood both looks like its enhanced self and beats with one ridge
 *  frequency, without small islands and without holes. */
export function printMask(contrast: Uint8Array, reliability: Plane, purity: Plane): Uint8Array {
  const { width: cols, height: rows } = reliability
  const worth = plane(cols, rows)
  for (let i = 0; i < contrast.length; i++) {
    worth.values[i] = contrast[i] === 1 ? (reliability.values[i] + purity.values[i]) / 2 : 0
  }
  const around = boxMean(worth, segmentation.radiusCells)
  const mask = Uint8Array.from(around.values, (value) => (value >= segmentation.minWorth ? 1 : 0))
  dropSmall(mask, cols, rows)
  fillHoles(mask, cols, rows)
  return mask
}

function dropSmall(mask: Uint8Array, cols: number, rows: number): void {
  const parts = components(mask, cols, rows, 1)
  const largest = Math.max(0, ...parts.map((part) => part.length))
  for (const part of parts) {
    if (part.length < segmentation.minComponentFraction * largest) for (const cell of part) mask[cell] = 0
  }
}

function fillHoles(mask: Uint8Array, cols: number, rows: number): void {
  const outer = components(mask, cols, rows, 0)
  for (const part of outer) {
    const touchesEdge = part.some((cell) => {
      const x = cell % cols
      const y = (cell - x) / cols
      return x === 0 || y === 0 || x === cols - 1 || y === rows - 1
    })
    if (!touchesEdge && part.length <= segmentation.maxHoleCells) for (const cell of part) mask[cell] = 1
  }
}

/** 4-connected sets of cells with the given value. */
function components(mask: Uint8Array, cols: number, rows: number, value: number): number[][] {
  const seen = new Uint8Array(mask.length)
  const parts: number[][] = []
  for (let start = 0; start < mask.length; start++) {
    if (seen[start] === 1 || mask[start] !== value) continue
    const part = [start]
    seen[start] = 1
    for (let head = 0; head < part.length; head++) {
      const cell = part[head]
      const x = cell % cols
      const visit = (next: number): void => {
        if (seen[next] === 0 && mask[next] === value) {
          seen[next] = 1
          part.push(next)
        }
      }
      if (x > 0) visit(cell - 1)
      if (x < cols - 1) visit(cell + 1)
      if (cell >= cols) visit(cell - cols)
      if (cell < cols * (rows - 1)) visit(cell + cols)
    }
    parts.push(part)
  }
  return parts
}

/** Steps of one cell (4-connected chessboard mix) from each cell to the nearest one outside the mask or the image. */
export function depthInCells(mask: Uint8Array, cols: number, rows: number): Uint16Array {
  const depth = new Uint16Array(mask.length)
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= cols || y >= rows ? 0 : depth[y * cols + x])
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < cols; x++) {
      const i = y * cols + x
      if (mask[i] === 1) depth[i] = 1 + Math.min(at(x - 1, y), at(x, y - 1), at(x - 1, y - 1), at(x + 1, y - 1))
    }
  }
  for (let y = rows - 1; y >= 0; y--) {
    for (let x = cols - 1; x >= 0; x--) {
      const i = y * cols + x
      if (mask[i] === 1) {
        const back = 1 + Math.min(at(x + 1, y), at(x, y + 1), at(x + 1, y + 1), at(x - 1, y + 1))
        if (back < depth[i]) depth[i] = back
      }
    }
  }
  return depth
}
