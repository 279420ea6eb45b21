import { boxMean } from "../../shared/image/box-mean.js"
import type { GrayImage } from "../../shared/image/gray-image.js"

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
