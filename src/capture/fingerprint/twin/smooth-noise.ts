import type { Rng } from "@sourceprint/core/rng.js"
import { pixelNoise } from "./portable-math.js"

/** Weights of the uniform cubic B-spline at t in [0, 1): smooth to the second derivative. */
const splineWeights = (t: number): readonly [number, number, number, number] => {
  const u = 1 - t
  return [(u * u * u) / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * u * u * u - 6 * u * u + 4) / 6, (t * t * t) / 6]
}

/** A B-spline through random knots averages them: this restores deviation 1 (the mean of the squared weights is
 *  151/315 in each direction). */
const UNIT_DEVIATION = 315 / 151

/** A smooth random field, mean 0 and deviation about 1 over many seeds, whose features are about `spacingPx` apart.
 *  @returns width × height values, row-major */
export function smoothNoise(rng: Rng, width: number, height: number, spacingPx: number): Float32Array {
  const columns = Math.ceil(width / spacingPx) + 4
  const rows = Math.ceil(height / spacingPx) + 4
  const knots = new Float32Array(columns * rows)
  for (let i = 0; i < knots.length; i++) knots[i] = pixelNoise(rng)
  const wide = new Float32Array(width * rows)
  for (let x = 0; x < width; x++) {
    const at = Math.floor(x / spacingPx)
    const [a, b, c, d] = splineWeights(x / spacingPx - at)
    for (let row = 0; row < rows; row++) {
      const k = row * columns + at
      wide[row * width + x] = a * knots[k] + b * knots[k + 1] + c * knots[k + 2] + d * knots[k + 3]
    }
  }
  const field = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const at = Math.floor(y / spacingPx)
    const [a, b, c, d] = splineWeights(y / spacingPx - at)
    const k = at * width
    for (let x = 0; x < width; x++) {
      const value =
        a * wide[k + x] + b * wide[k + width + x] + c * wide[k + 2 * width + x] + d * wide[k + 3 * width + x]
      field[y * width + x] = value * UNIT_DEVIATION
    }
  }
  return field
}
