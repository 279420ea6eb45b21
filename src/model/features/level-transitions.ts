import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** How the 16 levels that leave a small scanner follow each other from pixel to pixel. Noise of a sensor is in the
 *  light before it is cut to levels: where the light is even between two steps nothing shows, along a step it frays.
 *  Noise that is put into the picture afterwards shows where it should not, and not where it should. */

const TRUNCATION = 2
const STEPS = 2 * TRUNCATION + 1
const CELLS = STEPS ** 3
/** Upper ends, exclusive, of dark, middle and bright: ridge, slope and bare glass fray differently. */
const CLASS_ENDS = [6, 11, 16]
export const LEVEL_TRANSITIONS_LENGTH = CLASS_ENDS.length * CELLS

const classOf = Uint8Array.from({ length: 16 }, (_, level) => CLASS_ENDS.findIndex((end) => level < end))
const stepOf = (difference: number): number => Math.max(-TRUNCATION, Math.min(TRUNCATION, difference)) + TRUNCATION

/** Square roots of the shares of three differences in a row, right and down, by the brightness of the second of the
 *  four pixels: LEVEL_TRANSITIONS_LENGTH numbers in [0, 1]. Source: second-order differences of steganalysis (SPAM;
 *  Pevný, Bas, Fridrich 2010), here over levels and by brightness. */
export function levelTransitions({ width, height, pixels }: GrayImage): Float32Array {
  const counts = new Float64Array(LEVEL_TRANSITIONS_LENGTH)
  for (let y = 0; y < height - 3; y++) {
    for (let x = 0; x < width - 3; x++) {
      const i = y * width + x
      for (const step of [1, width]) {
        const [a, b, c, d] = [
          pixels[i] >> 4,
          pixels[i + step] >> 4,
          pixels[i + 2 * step] >> 4,
          pixels[i + 3 * step] >> 4,
        ]
        const cell = (stepOf(b - a) * STEPS + stepOf(c - b)) * STEPS + stepOf(d - c)
        counts[classOf[b] * CELLS + cell]++
      }
    }
  }
  const shares = new Float32Array(counts.length)
  for (let start = 0; start < counts.length; start += CELLS) {
    const total = counts.subarray(start, start + CELLS).reduce((sum, count) => sum + count, 1)
    for (let k = start; k < start + CELLS; k++) shares[k] = Math.sqrt(counts[k] / total)
  }
  return shares
}
