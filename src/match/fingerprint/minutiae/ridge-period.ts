import { type OrientationField, orientationAt } from "./orientation-field.js"
import { cellPx, frequency } from "./parameters.js"
import { type Plane, plane, smooth } from "./plane.js"

export interface RidgePeriod {
  /** Distance between neighbouring ridges in pixels, one value a cell, gaps filled from around. */
  readonly periodPx: Plane
  /** Share of the across-ridge profile's energy in its one frequency, 0-1, one value a cell. */
  readonly purity: Plane
  /** Median over reliable places, weighted by purity; 0 where there are none. */
  readonly medianPx: number
}

/** Local ridge period by the x-signature (Hong, Wan and Jain 1998): the image averaged along the ridge gives a profile
 *  across it, and the profile's strongest frequency is the ridge frequency. */
export function ridgePeriod(image: Plane, field: OrientationField, foreground: Uint8Array): RidgePeriod {
  const step = frequency.stepPx / cellPx
  const cols = field.cos.width
  const rows = field.cos.height
  const coarseCols = Math.ceil(cols / step)
  const coarseRows = Math.ceil(rows / step)
  const weighted = plane(coarseCols, coarseRows) // Σ weight × log period
  const weights = plane(coarseCols, coarseRows)
  const purity = plane(coarseCols, coarseRows)
  const found: { period: number; weight: number }[] = []
  for (let r = 0; r < coarseRows; r++) {
    for (let c = 0; c < coarseCols; c++) {
      const col = Math.min(cols - 1, c * step + (step >> 1))
      const row = Math.min(rows - 1, r * step + (step >> 1))
      const cell = row * cols + col
      if (foreground[cell] === 0) continue
      const profile = acrossProfile(image, (col + 0.5) * cellPx, (row + 0.5) * cellPx, orientationAt(field, cell))
      const peak = strongestPeriod(profile)
      const i = r * coarseCols + c
      purity.values[i] = peak.purity
      const weight = peak.purity ** 3
      weighted.values[i] = weight * Math.log(peak.periodPx)
      weights.values[i] = weight
      found.push({ period: peak.periodPx, weight })
    }
  }
  const medianPx = weightedMedian(found)
  const prior = Math.log(medianPx || frequency.typicalPx)
  const near = { sum: smooth(weighted, 1), weight: smooth(weights, 1) }
  const wide = { sum: smooth(weighted, 3), weight: smooth(weights, 3) }
  const periodPx = plane(cols, rows)
  const purityMap = plane(cols, rows)
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const i = Math.floor(row / step) * coarseCols + Math.floor(col / step)
      const sum = near.sum.values[i] + 0.1 * wide.sum.values[i] + 0.002 * prior
      const weight = near.weight.values[i] + 0.1 * wide.weight.values[i] + 0.002
      periodPx.values[row * cols + col] = Math.exp(sum / weight)
      purityMap.values[row * cols + col] = purity.values[i]
    }
  }
  return { periodPx: smooth(periodPx, 2), purity: smooth(purityMap, 2), medianPx }
}

/** Values along the normal of the ridge through (x, y), each averaged along the ridge. */
function acrossProfile({ width, height, values }: Plane, x: number, y: number, angle: number): Float32Array {
  const { halfAlongPx, halfAcrossPx } = frequency
  const ux = Math.cos(angle)
  const uy = Math.sin(angle)
  const profile = new Float32Array(2 * halfAcrossPx + 1)
  for (let t = -halfAcrossPx; t <= halfAcrossPx; t++) {
    let sum = 0
    let count = 0
    for (let a = -halfAlongPx; a <= halfAlongPx; a += 2) {
      const px = (x + a * ux - t * uy) | 0
      const py = (y + a * uy + t * ux) | 0
      if (px < 0 || py < 0 || px >= width || py >= height) continue
      sum += values[py * width + px]
      count++
    }
    profile[t + halfAcrossPx] = count === 0 ? 0 : sum / count
  }
  return profile
}

const half = frequency.halfAcrossPx
const window = Float32Array.from(
  { length: 2 * half + 1 },
  (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * (i - half)) / (half + 1)),
)
const candidatePx = Float32Array.from(
  { length: frequency.candidates },
  (_, k) => frequency.minPeriodPx * (frequency.maxPeriodPx / frequency.minPeriodPx) ** (k / (frequency.candidates - 1)),
)
const waves = Array.from(candidatePx, (period) => ({
  cos: window.map((w, i) => w * Math.cos((2 * Math.PI * (i - half)) / period)),
  sin: window.map((w, i) => w * Math.sin((2 * Math.PI * (i - half)) / period)),
}))

function strongestPeriod(profile: Float32Array): { periodPx: number; purity: number } {
  let windowSum = 0
  let mean = 0
  for (let i = 0; i < profile.length; i++) {
    mean += window[i] * profile[i]
    windowSum += window[i]
  }
  mean /= windowSum
  let energy = 1e-6
  for (let i = 0; i < profile.length; i++) energy += window[i] * (profile[i] - mean) ** 2
  const power = new Float32Array(waves.length)
  let best = 0
  for (const [k, wave] of waves.entries()) {
    let re = 0
    let im = 0
    for (let i = 0; i < profile.length; i++) {
      re += wave.cos[i] * (profile[i] - mean)
      im += wave.sin[i] * (profile[i] - mean)
    }
    power[k] = re * re + im * im
    if (power[k] > power[best]) best = k
  }
  // a pure cosine under this window has energy W/2 and power (W/2)²
  const purity = Math.min(1, (2 * power[best]) / (energy * windowSum))
  if (best === 0 || best === power.length - 1) return { periodPx: candidatePx[best], purity: purity * 0.3 }
  const left = power[best - 1]
  const right = power[best + 1]
  const shift = (0.5 * (left - right)) / (left - 2 * power[best] + right || 1)
  const ratio = candidatePx[1] / candidatePx[0]
  return { periodPx: candidatePx[best] * ratio ** shift, purity }
}

function weightedMedian(found: { period: number; weight: number }[]): number {
  const sorted = found.sort((a, b) => a.period - b.period)
  const total = sorted.reduce((sum, f) => sum + f.weight, 0)
  let run = 0
  for (const f of sorted) {
    run += f.weight
    if (run >= total / 2) return f.period
  }
  return 0
}
