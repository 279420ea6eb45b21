import type { GrayImage } from "../../shared/image/gray-image.js"
import { Rng } from "../../shared/rng.js"

/** Mean of the (2r+1)² neighbourhood, edges repeated. Sums over rows, then columns. */
function boxMean({ width, height, pixels }: GrayImage, radius: number): Float32Array {
  const rows = new Float32Array(width * height)
  const out = new Float32Array(width * height)
  const clamp = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let d = -radius; d <= radius; d++) sum += pixels[y * width + clamp(x + d, width)]
      rows[y * width + x] = sum
    }
  }
  const area = (2 * radius + 1) ** 2
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let d = -radius; d <= radius; d++) sum += rows[clamp(y + d, height) * width + x]
      out[y * width + x] = sum / area
    }
  }
  return out
}

const quantised = (value: number): number => 17 * Math.max(0, Math.min(15, Math.round(value / 17)))

/** The noise pattern of a unit as an attacker gets it: the mean residual of images that it took. */
export function noisePattern(images: readonly GrayImage[]): Float32Array {
  const pattern = new Float32Array(images[0].pixels.length)
  for (const image of images) {
    const smooth = boxMean(image, 1)
    for (let i = 0; i < pattern.length; i++) pattern[i] += (image.pixels[i] - smooth[i]) / images.length
  }
  return pattern
}

/** Another unit's image with its own residual taken down and the stolen pattern put in, at the 16 levels of the line. */
export function plantPattern(image: GrayImage, pattern: Float32Array): GrayImage {
  const smooth = boxMean(image, 1)
  const pixels = image.pixels.map((level, i) => quantised(smooth[i] + 0.5 * (level - smooth[i]) + pattern[i]))
  return { ...image, pixels }
}

/** A captured finger printed and pressed on a unit, as the unit's image of it: the print has no pores, softer edges and
 *  printer's grain; what the unit adds is taken from its image of an empty glass. Simulated. */
export function printedFinger(captured: GrayImage, emptyGlass: GrayImage, seed: number): GrayImage {
  const rng = new Rng(seed)
  const print = boxMean(captured, 1)
  const bright = emptyGlass.pixels.reduce((sum, level) => sum + level, 0) / emptyGlass.pixels.length
  const pixels = emptyGlass.pixels.map((level, i) => {
    const ink = print[i] < 0.7 * bright ? 0.25 : print[i] / bright
    return quantised(level * Math.min(1, ink * (1 + 0.08 * rng.normal())))
  })
  return { ...captured, pixels: Uint8Array.from(pixels) }
}
