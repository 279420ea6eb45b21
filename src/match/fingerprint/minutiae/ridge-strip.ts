import { popcount } from "./cylinder-codes.js"
import { map, strip } from "./parameters.js"
import { type PrintView, ridgeWordsPerRow } from "./print-view.js"

/** A small patch of ridges read as parallel profiles across the ridges: one word a profile, bit n set where its n-th
 *  sample lies on a ridge. Shifting a word by one is moving the patch by one sample across the ridges. */
export type RidgeStrip = Int32Array

/** Reads as many profiles as `into` has words, each of `samples` samples around (x, y) pixels; (nx, ny) is the unit
 *  vector across. */
export function readStrip(
  view: PrintView,
  x: number,
  y: number,
  nx: number,
  ny: number,
  samples: number,
  into: RidgeStrip,
): void {
  const { ridges, ridgeCols, ridgeRows } = view
  const words = ridgeWordsPerRow(ridgeCols)
  const scale = 1 / map.ridgeStepPx
  const middle = (samples - 1) / 2
  const stepX = nx * strip.acrossPx * scale
  const stepY = ny * strip.acrossPx * scale
  for (let line = 0; line < into.length; line++) {
    const along = (line - (into.length - 1) / 2) * strip.alongPx
    let px = (x + ny * along) * scale - middle * stepX + 0.5
    let py = (y - nx * along) * scale - middle * stepY + 0.5
    let word = 0
    for (let n = 0; n < samples; n++) {
      const col = px | 0
      const row = py | 0
      if (px >= 0 && py >= 0 && col < ridgeCols && row < ridgeRows) {
        word |= ((ridges[row * words + (col >> 5)] >>> (col & 31)) & 1) << n
      }
      px += stepX
      py += stepY
    }
    into[line] = word
  }
}

const narrowMask = 2 ** strip.samples - 1

/** Agreement of ridge and valley, -1 to 1, of a narrow patch with a wide one, at every shift (in samples) from
 *  -maxShift to maxShift; written to `into`. */
export function shiftAgreements(wide: RidgeStrip, narrow: RidgeStrip, into: Float32Array): void {
  const total = strip.lines * strip.samples
  for (let shift = 0; shift <= 2 * strip.maxShift; shift++) {
    let different = 0
    for (let line = 0; line < strip.lines; line++) {
      different += popcount(((wide[line] >>> shift) ^ narrow[line]) & narrowMask)
    }
    into[shift] = 1 - (2 * different) / total
  }
}
