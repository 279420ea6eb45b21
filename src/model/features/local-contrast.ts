import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

const BLOCK_PX = 8
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
export const CONTRAST_FEATURES = 4 * QUANTILES.length

const quantiles = (values: Float64Array): number[] => {
  const sorted = values.sort()
  return QUANTILES.map((q) => sorted[Math.round(q * (sorted.length - 1))])
}

/** Quantiles over 8 × 8 blocks of the deviation (logarithm), the darkest and the brightest level, and over pixels of
 *  the gradient (logarithm): how hard the scanner draws ridges. CONTRAST_FEATURES numbers. */
export function localContrast({ width, height, pixels }: GrayImage): Float64Array {
  const columns = Math.floor(width / BLOCK_PX)
  const rows = Math.floor(height / BLOCK_PX)
  const deviations = new Float64Array(columns * rows)
  const darkest = new Float64Array(columns * rows)
  const brightest = new Float64Array(columns * rows)
  for (let block = 0; block < columns * rows; block++) {
    const [left, top] = [(block % columns) * BLOCK_PX, Math.floor(block / columns) * BLOCK_PX]
    let [sum, squares, low, high] = [0, 0, 255, 0]
    for (let y = top; y < top + BLOCK_PX; y++) {
      for (let x = left; x < left + BLOCK_PX; x++) {
        const grey = pixels[y * width + x]
        sum += grey
        squares += grey * grey
        if (grey < low) low = grey
        if (grey > high) high = grey
      }
    }
    const n = BLOCK_PX * BLOCK_PX
    deviations[block] = Math.log10(0.5 + Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)))
    darkest[block] = low / 255
    brightest[block] = high / 255
  }
  const gradients = new Float64Array((width - 1) * (height - 1))
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x
      const slope = Math.hypot(pixels[at + 1] - pixels[at], pixels[at + width] - pixels[at])
      gradients[y * (width - 1) + x] = Math.log10(0.5 + slope)
    }
  }
  return Float64Array.from([deviations, darkest, brightest, gradients].flatMap(quantiles))
}
