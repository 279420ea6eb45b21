import type { GrayImage } from "./gray-image.js"

export interface ImageStatistics {
  /** 0 to 255 */
  readonly meanGray: number
  /** Standard deviation of grey values, 0 to 127.5. */
  readonly contrast: number
  /** Share of 16 × 16 blocks whose deviation is above 10: where there is a print, 0 to 1. */
  readonly coverage: number
  /** Mean absolute Laplacian within covered blocks: larger is sharper (and noisier). */
  readonly sharpness: number
  /** Share of pixels at 0 or 255. */
  readonly saturation: number
  /** How many of the 256 grey levels occur. */
  readonly grayLevels: number
}

const BLOCK = 16
const COVERED_DEVIATION = 10

/** Plain figures that describe an image for tables and audits; no matcher or model decides by them. */
export function imageStatistics({ width, height, pixels }: GrayImage): ImageStatistics {
  const histogram = new Float64Array(256)
  for (const value of pixels) histogram[value]++
  let sum = 0
  let squares = 0
  for (let v = 0; v < 256; v++) {
    sum += v * histogram[v]
    squares += v * v * histogram[v]
  }
  const mean = sum / pixels.length
  let covered = 0
  let blocks = 0
  let laplacian = 0
  let laplacianCount = 0
  for (let by = 0; by + BLOCK <= height; by += BLOCK) {
    for (let bx = 0; bx + BLOCK <= width; bx += BLOCK) {
      blocks++
      if (blockDeviation(pixels, width, bx, by) <= COVERED_DEVIATION) continue
      covered++
      for (let y = Math.max(1, by); y < Math.min(height - 1, by + BLOCK); y++) {
        for (let x = Math.max(1, bx); x < Math.min(width - 1, bx + BLOCK); x++) {
          const at = y * width + x
          const around = pixels[at - 1] + pixels[at + 1] + pixels[at - width] + pixels[at + width]
          laplacian += Math.abs(4 * pixels[at] - around)
          laplacianCount++
        }
      }
    }
  }
  return {
    meanGray: mean,
    contrast: Math.sqrt(Math.max(0, squares / pixels.length - mean * mean)),
    coverage: blocks === 0 ? 0 : covered / blocks,
    sharpness: laplacianCount === 0 ? 0 : laplacian / laplacianCount,
    saturation: (histogram[0] + histogram[255]) / pixels.length,
    grayLevels: histogram.reduce((n, count) => n + (count > 0 ? 1 : 0), 0),
  }
}

function blockDeviation(pixels: Uint8Array, width: number, x0: number, y0: number): number {
  let sum = 0
  let squares = 0
  for (let y = y0; y < y0 + BLOCK; y++) {
    for (let x = x0; x < x0 + BLOCK; x++) {
      const value = pixels[y * width + x]
      sum += value
      squares += value * value
    }
  }
  const n = BLOCK * BLOCK
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2))
}
