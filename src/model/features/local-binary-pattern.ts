import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** Code -> bin: the 58 patterns with at most two changes around the circle each have a bin, all others share the last
 *  (Ojala, Pietikäinen, Mäenpää 2002, "uniform" patterns). */
export const lbpBinOf = (() => {
  let next = 0
  return Uint8Array.from({ length: 256 }, (_, code) => {
    let changes = 0
    for (let bit = 0; bit < 8; bit++) changes += ((code >> bit) ^ (code >> ((bit + 1) % 8))) & 1
    return changes <= 2 ? next++ : 58
  })
})()

export const LBP_BINS = 59

/** Square roots of the shares of uniform local binary patterns (a neighbour counts when it is at least as bright as
 *  the centre); the eight neighbours lie `radiusPx` away on a square. LBP_BINS numbers in [0, 1]. */
export function localBinaryPattern({ width, height, pixels }: GrayImage, radiusPx: number): Float64Array {
  const r = radiusPx
  const around = [-r * width - r, -r * width, -r * width + r, r, r * width + r, r * width, r * width - r, -r]
  const counts = new Float64Array(LBP_BINS)
  for (let y = r; y < height - r; y++) {
    for (let x = r; x < width - r; x++) {
      const at = y * width + x
      const centre = pixels[at]
      let code = 0
      for (let bit = 0; bit < 8; bit++) if (pixels[at + around[bit]] >= centre) code |= 1 << bit
      counts[lbpBinOf[code]]++
    }
  }
  const n = Math.max(1, (width - 2 * r) * (height - 2 * r))
  return counts.map((count) => Math.sqrt(count / n))
}
