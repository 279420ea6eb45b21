import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** High-pass residuals and how three of them in a row occur together, after the spatial rich model of steganalysis
 *  (Fridrich, Kodovský 2012), cut down to what a small patch can fill. */

const TRUNCATION = 2
const LEVELS = 2 * TRUNCATION + 1
const RUN = 3

/** Cell of a triple -> bin; a triple, its reverse, its negative and both share one. */
const { binOf, binCount } = (() => {
  const bins = new Map<string, number>()
  const table = Uint8Array.from({ length: LEVELS ** RUN }, (_, cell) => {
    const triple = [Math.floor(cell / LEVELS ** 2), Math.floor(cell / LEVELS) % LEVELS, cell % LEVELS].map(
      (level) => level - TRUNCATION,
    )
    const negative = triple.map((level) => 0 - level)
    const same = [triple, [...triple].reverse(), negative, [...negative].reverse()].map((t) => t.join())
    const key = same.sort()[0]
    if (!bins.has(key)) bins.set(key, bins.size)
    return bins.get(key) as number
  })
  return { binOf: table, binCount: bins.size }
})()

const STEPS = [1, 4] // quantisation, grey levels: fine noise, and slopes of ridges
export const COOCCURRENCE_FEATURES = 2 * 2 * STEPS.length * binCount

/** Differences of first order a(i+1) - a(i) or second order a(i-1) - 2a(i) + a(i+1), `step` pixels apart in memory. */
function addTriples(
  { width, height, pixels }: GrayImage,
  along: "x" | "y",
  order: 1 | 2,
  quantum: number,
  counts: Float64Array,
): void {
  const step = along === "x" ? 1 : width
  const [lines, length, lineStep] = along === "x" ? [height, width, width] : [width, height, 1]
  const middle = LEVELS ** 2
  for (let line = 0; line < lines; line++) {
    let cell = 0
    let seen = 0
    for (let i = order === 2 ? 1 : 0; i < length - 1; i++) {
      const at = line * lineStep + i * step
      const residual =
        order === 1 ? pixels[at + step] - pixels[at] : (pixels[at - step] + pixels[at + step] - 2 * pixels[at]) / 2
      const level = Math.sign(residual) * Math.min(TRUNCATION, Math.round(Math.abs(residual) / quantum))
      cell = (cell % middle) * LEVELS + level + TRUNCATION
      if (++seen >= RUN) counts[binOf[cell]]++
    }
  }
}

/** Square roots of the shares of triples, for both directions, both orders and both steps: COOCCURRENCE_FEATURES
 *  numbers in [0, 1]. */
export function residualCooccurrence(image: GrayImage): Float64Array {
  const features = new Float64Array(COOCCURRENCE_FEATURES)
  let offset = 0
  for (const along of ["x", "y"] as const) {
    for (const order of [1, 2] as const) {
      for (const quantum of STEPS) {
        const counts = features.subarray(offset, offset + binCount)
        addTriples(image, along, order, quantum, counts)
        const n = Math.max(
          1,
          counts.reduce((a, b) => a + b, 0),
        )
        for (let bin = 0; bin < binCount; bin++) counts[bin] = Math.sqrt(counts[bin] / n)
        offset += binCount
      }
    }
  }
  return features
}
