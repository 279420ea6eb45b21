import { popcount } from "./cylinder-codes.js"
import { minutiaPatch, strip } from "./parameters.js"
import { pointsOf } from "./points.js"
import { cellAt, type PrintView } from "./print-view.js"
import { readStrip } from "./ridge-strip.js"

/** The ridges around every minutia, read along its direction, so that two are compared whatever the prints' turn. */
export interface MinutiaPatches {
  /** `minutiaPatch.lines` words a minutia: one bit a sample across the direction, set on a ridge; and where the print
   *  is. */
  readonly ridges: Int32Array
  readonly inside: Int32Array
}

/** A print is held against many: its patches are read once. */
const known = new WeakMap<PrintView, MinutiaPatches>()

export function minutiaPatches(view: PrintView): MinutiaPatches {
  const made = known.get(view) ?? read(view)
  known.set(view, made)
  return made
}

const { lines, shift: most } = minutiaPatch
const samples = 32
const narrowMask = 2 ** (samples - 2 * most) - 1

function read(view: PrintView): MinutiaPatches {
  const { x, y, angle, count } = pointsOf(view)
  const ridges = new Int32Array(count * lines)
  const inside = new Int32Array(count * lines)
  for (let i = 0; i < count; i++) {
    const nx = -Math.sin(angle[i])
    const ny = Math.cos(angle[i])
    readStrip(view, x[i], y[i], nx, ny, samples, ridges.subarray(i * lines, (i + 1) * lines))
    for (let line = 0; line < lines; line++) {
      const along = (line - (lines - 1) / 2) * strip.alongPx
      let word = 0
      for (let n = 0; n < samples; n++) {
        const across = (n - (samples - 1) / 2) * strip.acrossPx
        if (cellAt(view, x[i] + ny * along + nx * across, y[i] - nx * along + ny * across) >= 0) word |= 1 << n
      }
      inside[i * lines + line] = word
    }
  }
  return { ridges, inside }
}

/** Agreement of the ridges around two minutiae where both prints are, at the best small shift across, -1 to 1, drawn
 *  towards 0 where that is little. */
export function patchAgreement(a: MinutiaPatches, i: number, b: MinutiaPatches, j: number): number {
  let best = -1
  for (const s of byDistance) {
    let different = 0
    let common = 0
    for (let line = 0; line < lines; line++) {
      const k = i * lines + line
      const m = j * lines + line
      const both = (a.inside[k] >>> (s + most)) & (b.inside[m] >>> most) & narrowMask
      common += popcount(both)
      different += popcount(((a.ridges[k] >>> (s + most)) ^ (b.ridges[m] >>> most)) & both)
    }
    const value = (common - 2 * different) / (common + minutiaPatch.prior)
    // half a ridge off, ridges lie on valleys: where they disagree so much, no small shift mends it
    if (s === 0 && value < minutiaPatch.hopeless) return value
    if (value > best) best = value
  }
  return best
}

const byDistance = [0, ...Array.from({ length: most }, (_, k) => [k + 1, -k - 1]).flat()]
