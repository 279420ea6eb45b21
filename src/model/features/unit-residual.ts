import { boxMean } from "@sourceprint/core/image/box-mean.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** Window of the local energy: 9 × 9 px. */
const ENERGY_REACH_PX = 4
/** Squared grey levels: keeps areas without any noise from being blown up. */
const LEAST_ENERGY = 0.5
/** A larger residual, in local deviations, is an edge of a ridge or a scratch. */
const CLIP_DEVIATIONS = 3

/** (1, -2, 1) ⊗ (1, -2, 1) / 4, edges repeated: grey levels that the neighbours do not foretell. */
function secondDifference({ width, height, pixels }: GrayImage): Float32Array {
  const out = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const [above, own, below] = [Math.max(0, y - 1), y, Math.min(height - 1, y + 1)].map((row) => row * width)
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)]
      const column = (at: number): number => pixels[above + at] - 2 * pixels[own + at] + pixels[below + at]
      out[own + x] = (column(left) - 2 * column(x) + column(right)) / 4
    }
  }
  return out
}

/** Rows and columns with mean 0: their structure is that of the model's electronics (Chen, Fridrich, Goljan, Lukáš
 *  2008) and of lost rows. */
function withoutRowAndColumnMeans(values: Float32Array, width: number, height: number): void {
  const columns = new Float64Array(width)
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width, (y + 1) * width)
    const mean = row.reduce((sum, value) => sum + value, 0) / width
    for (let x = 0; x < width; x++) {
      row[x] -= mean
      columns[x] += row[x]
    }
  }
  for (let i = 0; i < values.length; i++) values[i] -= columns[i % width] / height
}

/** What an image says of the fixed pattern of its unit, (height × width): the second difference, clipped in local
 *  deviations and divided by the local variance. The sum of such images is the maximum-likelihood estimate of a pattern
 *  under noise (ridges and sensor) of that variance, up to a factor; ridges count little, quiet areas much. Chosen by
 *  docs/evaluation.md, "Units of one model". */
export function unitResidual(image: GrayImage): Float32Array {
  const { width, height } = image
  const values = secondDifference(image)
  const energy = boxMean({ width, height, pixels: values.map((value) => value * value) }, ENERGY_REACH_PX)
  for (let i = 0; i < values.length; i++) {
    const deviation = Math.sqrt(energy[i] + LEAST_ENERGY)
    values[i] = Math.max(-CLIP_DEVIATIONS, Math.min(CLIP_DEVIATIONS, values[i] / deviation)) / deviation
  }
  withoutRowAndColumnMeans(values, width, height)
  return values
}
