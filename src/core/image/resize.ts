import type { GrayImage } from "./gray-image.js"

/** For each target position the source pixels it covers and their weights (they sum to 1). Shrinking averages over the
 *  covered span, enlarging interpolates linearly between pixel centres. */
function taps(sourceLength: number, targetLength: number): readonly { first: number; weights: Float64Array }[] {
  const scale = sourceLength / targetLength
  const radius = Math.max(1, scale)
  return Array.from({ length: targetLength }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5
    const first = Math.max(0, Math.ceil(centre - radius))
    const last = Math.min(sourceLength - 1, Math.floor(centre + radius))
    const weights = Float64Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k - centre) / radius),
    )
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((w) => w / sum) }
  })
}

/** Resamples with a triangle filter that widens when shrinking, so that fine ridges do not alias. Resolution follows
 *  the width. Sizes are whole numbers of at least 1. */
export function resize(image: GrayImage, width: number, height: number): GrayImage {
  if (width === image.width && height === image.height) return image
  const columns = taps(image.width, width)
  const rows = taps(image.height, height)
  const narrow = new Float32Array(width * image.height)
  for (let y = 0; y < image.height; y++) {
    const row = y * image.width
    for (let x = 0; x < width; x++) {
      const { first, weights } = columns[x]
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += weights[k] * image.pixels[row + first + k]
      narrow[y * width + x] = sum
    }
  }
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += weights[k] * narrow[(first + k) * width + x]
      pixels[y * width + x] = Math.round(sum)
    }
  }
  const resolution = image.dpi === undefined ? {} : { dpi: (image.dpi * width) / image.width }
  return { width, height, pixels, ...resolution }
}
