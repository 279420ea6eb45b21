import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** The replaced system's settings, which are OpenCV's defaults. */
const lbphParameters = { radiusPx: 1, neighbours: 8, gridX: 8, gridY: 8 } as const

const LBPH_PATTERNS = 2 ** lbphParameters.neighbours
const CELLS = lbphParameters.gridX * lbphParameters.gridY
export const LBPH_LENGTH = CELLS * LBPH_PATTERNS

/** Offsets and weights of the neighbours on the circle, in single precision as OpenCV computes them. */
const circle = Array.from({ length: lbphParameters.neighbours }, (_, n) => {
  const angle = (2 * Math.PI * n) / lbphParameters.neighbours
  const x = Math.fround(lbphParameters.radiusPx * Math.cos(angle))
  const y = Math.fround(-lbphParameters.radiusPx * Math.sin(angle))
  const [left, top, right, bottom] = [Math.floor(x), Math.floor(y), Math.ceil(x), Math.ceil(y)]
  const tx = Math.fround(x - left)
  const ty = Math.fround(y - top)
  const f = Math.fround
  const weights = [f(f(1 - tx) * f(1 - ty)), f(tx * f(1 - ty)), f(f(1 - tx) * ty), f(tx * ty)] as const
  return { left, top, right, bottom, weights }
})

/** Counts of local binary patterns (bit n: neighbour n is at least as bright as the middle) in each cell of the grid,
 *  row by row, 256 a cell. The border of one radius has no pattern; what does not fill a whole cell is left out, as
 *  OpenCV does (modules/face, elbp_ and spatial_histogram). The image is at least gridX + 2 by gridY + 2 pixels. */
export function localBinaryHistogram({ width, height, pixels }: GrayImage): Uint16Array {
  const { radiusPx, gridX, gridY } = lbphParameters
  const cellWidth = Math.floor((width - 2 * radiusPx) / gridX)
  const cellHeight = Math.floor((height - 2 * radiusPx) / gridY)
  if (cellWidth < 1 || cellHeight < 1) throw new RangeError(`${width} × ${height} pixels are too few for a grid`)
  const counts = new Uint16Array(LBPH_LENGTH)
  for (let y = 0; y < cellHeight * gridY; y++) {
    const rowOfCells = Math.floor(y / cellHeight) * gridX
    for (let x = 0; x < cellWidth * gridX; x++) {
      const pattern = patternAt(pixels, width, (y + radiusPx) * width + x + radiusPx)
      counts[(rowOfCells + Math.floor(x / cellWidth)) * LBPH_PATTERNS + pattern]++
    }
  }
  return counts
}

const FLOAT_EPSILON = 2 ** -23

function patternAt(pixels: Uint8Array, width: number, at: number): number {
  const middle = pixels[at]
  let pattern = 0
  for (let n = 0; n < circle.length; n++) {
    const { left, top, right, bottom, weights } = circle[n]
    const value = Math.fround(
      Math.fround(
        Math.fround(
          Math.fround(weights[0] * pixels[at + top * width + left]) +
            Math.fround(weights[1] * pixels[at + top * width + right]),
        ) + Math.fround(weights[2] * pixels[at + bottom * width + left]),
      ) + Math.fround(weights[3] * pixels[at + bottom * width + right]),
    )
    if (value > middle || Math.abs(value - middle) < FLOAT_EPSILON) pattern |= 1 << n
  }
  return pattern
}

/** 0 (equal) to 256 (nothing in common): twice the sum of (a - b)² / (a + b) over all bins, each cell's histogram
 *  scaled to sum 1. OpenCV calls it CHISQR_ALT. Images of one size have cells of one size, so counts can be
 *  compared. */
export function histogramDistance(a: Uint16Array, b: Uint16Array, cellPixels: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const total = a[i] + b[i]
    if (total === 0) continue
    const difference = a[i] - b[i]
    sum += (difference * difference) / total
  }
  return (2 * sum) / cellPixels
}

/** Pixels of one cell for an image of this size. */
export const cellPixels = (width: number, height: number): number =>
  Math.floor((width - 2 * lbphParameters.radiusPx) / lbphParameters.gridX) *
  Math.floor((height - 2 * lbphParameters.radiusPx) / lbphParameters.gridY)
