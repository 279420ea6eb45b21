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
  const across = new Float32Array(width)
  for (let y = 0; y < height; y++) {
    const [above, own, below] = [Math.max(0, y - 1) * width, y * width, Math.min(height - 1, y + 1) * width]
    for (let x = 0; x < width; x++) across[x] = pixels[above + x] - 2 * pixels[own + x] + pixels[below + x]
    for (let x = 0; x < width; x++) {
      out[own + x] = (across[Math.max(0, x - 1)] - 2 * across[x] + across[Math.min(width - 1, x + 1)]) / 4
    }
  }
  return out
}

/** Mean square of the (2 ENERGY_REACH_PX + 1)² neighbourhood, cut at the border. Running sums: down, then across. */
function localEnergy(values: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(values.length)
  const columns = new Float64Array(width)
  const addRow = (y: number, sign: number): void => {
    if (y < 0 || y >= height) return
    for (let x = 0, i = y * width; x < width; x++, i++) columns[x] += sign * values[i] * values[i]
  }
  for (let y = 0; y < ENERGY_REACH_PX; y++) addRow(y, 1)
  for (let y = 0; y < height; y++) {
    addRow(y + ENERGY_REACH_PX, 1)
    addRow(y - ENERGY_REACH_PX - 1, -1)
    const rows = Math.min(height, y + ENERGY_REACH_PX + 1) - Math.max(0, y - ENERGY_REACH_PX)
    let sum = 0
    for (let x = 0; x < Math.min(ENERGY_REACH_PX, width); x++) sum += columns[x]
    for (let x = 0; x < width; x++) {
      if (x + ENERGY_REACH_PX < width) sum += columns[x + ENERGY_REACH_PX]
      if (x > ENERGY_REACH_PX) sum -= columns[x - ENERGY_REACH_PX - 1]
      const across = Math.min(width, x + ENERGY_REACH_PX + 1) - Math.max(0, x - ENERGY_REACH_PX)
      out[y * width + x] = Math.max(0, sum) / (rows * across)
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
    let sum = 0
    for (let x = 0; x < width; x++) sum += row[x]
    for (let x = 0; x < width; x++) {
      row[x] -= sum / width
      columns[x] += row[x]
    }
  }
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) values[i] -= columns[x] / height
}

/** What an image says of the fixed pattern of its unit, (height × width): the second difference, clipped in local
 *  deviations and divided by the local variance. The sum of such images is the maximum-likelihood estimate of a pattern
 *  under noise (ridges and sensor) of that variance, up to a factor; ridges count little, quiet areas much. Chosen by
 *  docs/evaluation.md, "Units of one model".
 *  @param usable 0 where a pixel shows a mark and not the pattern (`usablePixels`): the result is 0 there */
export function unitResidual(image: GrayImage, usable?: Uint8Array): Float32Array {
  const { width, height } = image
  const values = secondDifference(image)
  const energy = localEnergy(values, width, height)
  for (let i = 0; i < values.length; i++) {
    const deviation = Math.sqrt(energy[i] + LEAST_ENERGY)
    values[i] = Math.max(-CLIP_DEVIATIONS, Math.min(CLIP_DEVIATIONS, values[i] / deviation)) / deviation
  }
  withoutRowAndColumnMeans(values, width, height)
  if (usable !== undefined) for (let i = 0; i < values.length; i++) values[i] *= usable[i]
  return values
}
