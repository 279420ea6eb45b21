import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

const BINS = 32
/** Periods of a comb in the histogram that bit depth, contrast stretching or nibble expansion leave behind. */
const COMB_PERIODS = [2, 3, 4, 5, 8, 16, 17]
const QUANTILES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
export const OCCUPANCY_FEATURES = BINS + COMB_PERIODS.length + QUANTILES.length + 6

/** Which grey levels an image uses: square roots of 32 histogram shares, comb strength at seven periods, seven
 *  quantiles (of 255), share of unused levels between the darkest and the brightest, shares at 0, at 255 and at the
 *  commonest level, roughness of the histogram, deviation (of 128). OCCUPANCY_FEATURES numbers. */
export function greyOccupancy({ pixels }: GrayImage): Float64Array {
  const n = pixels.length
  const histogram = new Float64Array(256)
  for (const grey of pixels) histogram[grey]++
  for (let g = 0; g < 256; g++) histogram[g] /= n
  const features = new Float64Array(OCCUPANCY_FEATURES)
  let at = 0
  for (let bin = 0; bin < BINS; bin++) {
    let share = 0
    for (let g = bin * 8; g < bin * 8 + 8; g++) share += histogram[g]
    features[at++] = Math.sqrt(share)
  }
  for (const period of COMB_PERIODS) {
    let re = 0
    let im = 0
    for (let g = 1; g < 255; g++) {
      re += histogram[g] * Math.cos((2 * Math.PI * g) / period)
      im += histogram[g] * Math.sin((2 * Math.PI * g) / period)
    }
    features[at++] = Math.sqrt(Math.hypot(re, im))
  }
  let sum = 0
  let g = 0
  for (const q of QUANTILES) {
    while (g < 255 && sum + histogram[g] < q) sum += histogram[g++]
    features[at++] = g / 255
  }
  const first = histogram.findIndex((share) => share > 0)
  const last = histogram.findLastIndex((share) => share > 0)
  let empty = 0
  let rough = 0
  let mean = 0
  let squares = 0
  for (let level = first; level <= last; level++) {
    if (histogram[level] === 0) empty++
    if (level > first && level < last)
      rough += Math.abs(histogram[level] - (histogram[level - 1] + histogram[level + 1]) / 2)
    mean += level * histogram[level]
    squares += level * level * histogram[level]
  }
  features[at++] = empty / (last - first + 1)
  features[at++] = Math.sqrt(histogram[0])
  features[at++] = Math.sqrt(histogram[255])
  features[at++] = Math.sqrt(Math.max(...histogram))
  features[at++] = rough
  features[at++] = Math.sqrt(Math.max(0, squares - mean * mean)) / 128
  return features
}
