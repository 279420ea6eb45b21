/** Read-out of a sensor may lose or double rows: so many, between two images of one unit. */
const REACH_ROWS = 3
const SHIFTS = 2 * REACH_ROWS + 1
/** Rows that share a shift. */
const BAND_ROWS = 16
/** A shift of the first band, and each change from band to band, must gain so many deviations of the score, or it is
 *  fitted noise. */
const STEP_COST = 2

/** Size in pixels and what is known there: the sum of `unitResidual` images, (heightPx × widthPx). */
export interface UnitPattern {
  readonly widthPx: number
  readonly heightPx: number
  readonly sum: Float32Array
  readonly imageCount: number
}

/** How an image lies on a pattern. */
export interface Alignment {
  /** Correlation in deviations of what two unrelated images give at one shift; the best of all alignments. */
  readonly score: number
  /** Rows by which each band of BAND_ROWS image rows moves down to lie on the pattern. */
  readonly shifts: readonly number[]
}

/** Products with the pattern at each shift, a row a band (bands × SHIFTS), and the deviation of their sum if nothing is
 *  shared: the root of the summed squares, whatever weight each pixel has. */
function bandProducts({ sum, widthPx, heightPx }: UnitPattern, residual: Float32Array) {
  const bands: Float64Array[] = []
  let squares = 0
  for (let top = 0; top < heightPx; top += BAND_ROWS) {
    const products = new Float64Array(SHIFTS)
    for (let s = 0; s < SHIFTS; s++) {
      let total = 0
      for (let y = top; y < Math.min(top + BAND_ROWS, heightPx); y++) {
        const on = y + s - REACH_ROWS
        if (on < 0 || on >= heightPx) continue
        for (let i = y * widthPx, j = on * widthPx; i < (y + 1) * widthPx; i++, j++) {
          const product = residual[i] * sum[j]
          total += product
          squares += product * product
        }
      }
      products[s] = total
    }
    bands.push(products)
  }
  return { bands, deviation: Math.sqrt(squares / SHIFTS) || 1 }
}

/** The likeness of a residual to a pattern over every alignment in which the shift changes from band to band (Viterbi):
 *  rows that one of the two lacks at some height cost a step and no more. @throws RangeError for another size */
export function alignToUnit(pattern: UnitPattern, residual: Float32Array): Alignment {
  if (residual.length !== pattern.sum.length)
    throw new RangeError(`a residual of ${residual.length} pixels for a pattern of ${pattern.sum.length}`)
  const { bands, deviation } = bandProducts(pattern, residual)
  let best = Float64Array.from({ length: SHIFTS }, (_, s) => (s === REACH_ROWS ? 0 : -STEP_COST))
  const origins: number[][] = []
  for (const products of bands) {
    const origin: number[] = []
    best = best.map((own, s) => {
      let [top, at] = [own, s]
      for (let t = 0; t < SHIFTS; t++) if (best[t] - STEP_COST > top) [top, at] = [best[t] - STEP_COST, t]
      origin.push(at)
      return top + products[s] / deviation
    })
    origins.push(origin)
  }
  const score = Math.max(...best)
  let at = best.indexOf(score)
  const shifts: number[] = []
  for (const origin of origins.reverse()) {
    shifts.unshift(at - REACH_ROWS)
    at = origin[at]
  }
  return { score, shifts }
}

/** A pattern of which nothing is known. */
export const emptyPattern = (widthPx: number, heightPx: number): UnitPattern => ({
  widthPx,
  heightPx,
  sum: new Float32Array(widthPx * heightPx),
  imageCount: 0,
})

/** A pattern with one image more, laid where it matches best what is enrolled, so that images of states with lost rows
 *  add up. The images before are not needed again. @throws RangeError for another size */
export function enrolInUnit(pattern: UnitPattern, residual: Float32Array): UnitPattern {
  const { widthPx, heightPx, imageCount } = pattern
  const shifts = imageCount === 0 ? [] : alignToUnit(pattern, residual).shifts
  const sum = Float32Array.from(pattern.sum)
  for (let y = 0; y < heightPx; y++) {
    const on = y + (shifts[Math.floor(y / BAND_ROWS)] ?? 0)
    if (on < 0 || on >= heightPx) continue
    for (let x = 0; x < widthPx; x++) sum[on * widthPx + x] += residual[y * widthPx + x]
  }
  return { widthPx, heightPx, sum, imageCount: imageCount + 1 }
}
