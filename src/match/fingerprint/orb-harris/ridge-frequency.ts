import type { Plane } from "./filtering.js"
import { orbHarrisParameters } from "./parameters.js"

const settings = orbHarrisParameters.enhancement

/** Median over blocks of the ridge frequency, ridges a pixel; undefined where no block shows ridges. In each block the
 *  grey profile across the ridges is averaged along them and the distance of its peaks is the period. */
export function medianRidgeFrequency(plane: Plane, mask: Uint8Array, orientation: Float32Array): number | undefined {
  const { width, height } = plane
  const block = settings.frequencyBlockPx
  const found: number[] = []
  for (let y = 0; y + block <= height; y += block) {
    for (let x = 0; x + block <= width; x += block) {
      const centre = (y + block / 2) * width + x + block / 2
      if (mask[Math.floor(centre)] === 0) continue
      const period = blockPeriod(plane, x, y, meanOrientation(orientation, width, x, y))
      if (period !== undefined) found.push(1 / period)
    }
  }
  found.sort((a, b) => a - b)
  return found[found.length >> 1]
}

function meanOrientation(orientation: Float32Array, width: number, x0: number, y0: number): number {
  let [sin, cos] = [0, 0]
  for (let y = y0; y < y0 + settings.frequencyBlockPx; y++) {
    for (let x = x0; x < x0 + settings.frequencyBlockPx; x++) {
      sin += Math.sin(2 * orientation[y * width + x])
      cos += Math.cos(2 * orientation[y * width + x])
    }
  }
  return Math.atan2(sin, cos) / 2
}

function blockPeriod({ width, values }: Plane, x0: number, y0: number, angleRad: number): number | undefined {
  const block = settings.frequencyBlockPx
  // The largest square that fits into the block at any turn.
  const side = Math.floor(block / Math.SQRT2)
  const profile = new Float32Array(side)
  for (let across = 0; across < side; across++) {
    for (let along = 0; along < side; along++) {
      const u = along - side / 2
      const v = across - side / 2
      const x = Math.round(x0 + block / 2 + u * Math.cos(angleRad) - v * Math.sin(angleRad))
      const y = Math.round(y0 + block / 2 + u * Math.sin(angleRad) + v * Math.cos(angleRad))
      profile[across] += values[y * width + x]
    }
  }
  const mean = profile.reduce((a, b) => a + b, 0) / side
  const half = settings.frequencyWindowPx >> 1
  const peaks: number[] = []
  for (let i = half; i < side - half; i++) {
    const window = profile.subarray(i - half, i + half + 1)
    if (profile[i] > mean && profile[i] === Math.max(...window)) peaks.push(i)
  }
  if (peaks.length < 2) return undefined
  const period = (peaks[peaks.length - 1] - peaks[0]) / (peaks.length - 1)
  return period >= settings.minRidgePeriodPx && period <= settings.maxRidgePeriodPx ? period : undefined
}
