import { type OrientationField, orientationAt } from "./orientation-field.js"
import { cellPx, enhancement, frequency } from "./parameters.js"
import { type Plane, plane } from "./plane.js"

const marginPx = 28
const tapsAlong = Math.ceil(2.4 * enhancement.sigmaAlongPx)
const periods = 24

/** Oriented Gabor filtering (after Hong, Wan and Jain 1998) in two short line filters: a Gaussian along the local
 *  ridge, then an even Gabor across it. The second reads what the first wrote, each pixel smoothed along its own ridge,
 *  so the filter bends with the ridges. Cells outside `foreground` stay 0; ridges are negative. */
export function contextualFilter(
  image: Plane,
  field: OrientationField,
  periodPx: Plane,
  foreground: Uint8Array,
): Plane {
  const { width, height } = image
  const stride = width + 2 * marginPx
  const padded = new Float32Array(stride * (height + 2 * marginPx))
  for (let y = 0; y < height; y++) {
    padded.set(image.values.subarray(y * width, (y + 1) * width), (y + marginPx) * stride + marginPx)
  }
  const directions = new Uint8Array(foreground.length)
  for (let cell = 0; cell < foreground.length; cell++) {
    directions[cell] =
      Math.round((orientationAt(field, cell) / Math.PI) * enhancement.orientations) % enhancement.orientations
  }
  const along = lineOffsets(stride, tapsAlong, 0)
  const across = lineOffsets(stride, marginPx - 2, Math.PI / 2)
  const smoothed = new Float32Array(padded.length)
  const gauss = gaussian(tapsAlong, enhancement.sigmaAlongPx)
  const cols = periodPx.width
  eachCell(width, height, cols, foreground, (cell, x0, y0, x1, y1) => {
    for (let y = y0; y < y1; y++) {
      const at = (y + marginPx) * stride + x0 + marginPx
      filterRun(padded, at, along[directions[cell]], 0, gauss, smoothed, at, x1 - x0)
    }
  })
  const result = plane(width, height)
  eachCell(width, height, cols, foreground, (cell, x0, y0, x1, y1) => {
    const offsets = across[directions[cell]]
    const kernel = gaborKernels[periodIndex(periodPx.values[cell])]
    const first = (offsets.length - kernel.length) >> 1
    for (let y = y0; y < y1; y++) {
      const at = (y + marginPx) * stride + x0 + marginPx
      filterRun(smoothed, at, offsets, first, kernel, result.values, y * width + x0, x1 - x0)
    }
  })
  return result
}

/** Filters `count` neighbouring pixels from `at` of `from` into `to`; the kernel begins at `offsets[first]`. Four
 *  pixels at a time: their sums do not wait for one another. */
function filterRun(
  from: Float32Array,
  at: number,
  offsets: Int32Array,
  first: number,
  kernel: Float32Array,
  to: Float32Array,
  toAt: number,
  count: number,
): void {
  let x = 0
  for (; x + 4 <= count; x += 4) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let t = 0; t < kernel.length; t++) {
      const k = kernel[t]
      const i = at + x + offsets[first + t]
      s0 += k * from[i]
      s1 += k * from[i + 1]
      s2 += k * from[i + 2]
      s3 += k * from[i + 3]
    }
    to[toAt + x] = s0
    to[toAt + x + 1] = s1
    to[toAt + x + 2] = s2
    to[toAt + x + 3] = s3
  }
  for (; x < count; x++) {
    let sum = 0
    for (let t = 0; t < kernel.length; t++) sum += kernel[t] * from[at + x + offsets[first + t]]
    to[toAt + x] = sum
  }
}

function eachCell(
  width: number,
  height: number,
  cols: number,
  foreground: Uint8Array,
  visit: (cell: number, x0: number, y0: number, x1: number, y1: number) => void,
): void {
  for (let cell = 0; cell < foreground.length; cell++) {
    if (foreground[cell] === 0) continue
    const x0 = (cell % cols) * cellPx
    const y0 = Math.floor(cell / cols) * cellPx
    visit(cell, x0, y0, Math.min(width, x0 + cellPx), Math.min(height, y0 + cellPx))
  }
}

/** For each direction the index offsets of points -taps..taps on the line through a pixel. */
function lineOffsets(stride: number, taps: number, turn: number): Int32Array[] {
  return Array.from({ length: enhancement.orientations }, (_, d) => {
    const angle = (d * Math.PI) / enhancement.orientations + turn
    return Int32Array.from({ length: 2 * taps + 1 }, (_, i) => {
      const t = i - taps
      return Math.round(t * Math.sin(angle)) * stride + Math.round(t * Math.cos(angle))
    })
  })
}

function gaussian(taps: number, sigma: number): Float32Array {
  const kernel = Float32Array.from({ length: 2 * taps + 1 }, (_, i) =>
    Math.exp(-((i - taps) ** 2) / (2 * sigma * sigma)),
  )
  const sum = kernel.reduce((a, b) => a + b, 0)
  return kernel.map((v) => v / sum)
}

const { minPeriodPx, maxPeriodPx } = frequency
const periodIndex = (period: number): number => {
  const index = Math.round((Math.log(period / minPeriodPx) / Math.log(maxPeriodPx / minPeriodPx)) * (periods - 1))
  return Math.max(0, Math.min(periods - 1, index))
}

/** Even Gabor profiles without response to a constant, unit response to their own cosine, one a period. */
const gaborKernels = Array.from({ length: periods }, (_, k) => {
  const period = minPeriodPx * (maxPeriodPx / minPeriodPx) ** (k / (periods - 1))
  const sigma = enhancement.sigmaAcrossPeriods * period
  const taps = Math.min(marginPx - 2, Math.ceil(2.5 * sigma))
  const envelope = gaussian(taps, sigma)
  const wave = Float32Array.from(envelope, (_, i) => Math.cos((2 * Math.PI * (i - taps)) / period))
  const bias = envelope.reduce((sum, g, i) => sum + g * wave[i], 0)
  const kernel = envelope.map((g, i) => g * (wave[i] - bias))
  const gain = kernel.reduce((sum, g, i) => sum + g * wave[i], 0)
  return kernel.map((v) => v / gain)
})
