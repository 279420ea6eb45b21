import type { GrayImage } from "./gray-image.js"

/** Share of pixels at or below each grey level, 256 values that end at 1. */
function cumulative({ pixels }: GrayImage): Float64Array {
  const counts = new Float64Array(256)
  for (const value of pixels) counts[value] = (counts[value] ?? 0) + 1
  let sum = 0
  return counts.map((count) => {
    sum += count
    return sum / pixels.length
  })
}

const through = (image: GrayImage, table: Uint8Array): GrayImage => ({
  ...image,
  pixels: image.pixels.map((value) => table[value] ?? 0),
})

/** Histogram equalisation: each grey level becomes 255 times the share of pixels at or below it, and the lowest 0. */
export function equalised(image: GrayImage): GrayImage {
  const shares = cumulative(image)
  const least = shares.find((share) => share > 0) ?? 0
  const scale = least < 1 ? 255 / (1 - least) : 0
  return through(
    image,
    Uint8Array.from(shares, (share) => Math.max(0, Math.round((share - least) * scale))),
  )
}

/** Histogram specification: each grey level becomes the least level of `reference` with at least the same share of
 *  pixels at or below it (Gonzalez and Woods, Digital Image Processing, section 3.3). */
export function matchedTo(image: GrayImage, reference: GrayImage): GrayImage {
  const wanted = cumulative(reference)
  return through(
    image,
    Uint8Array.from(cumulative(image), (share) => {
      const level = wanted.findIndex((target) => target >= share - 1e-9)
      return level < 0 ? 255 : level
    }),
  )
}
