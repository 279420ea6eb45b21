import { exp } from "./portable-math.js"

/** Gaussian blur in two passes, edges repeated; `sigmaPx` below 0.05 gives a copy. The kernel reaches 3 sigma.
 *  @returns width × height values, row-major */
export function gaussianBlur(field: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  if (sigmaPx < 0.05) return field.slice()
  const radius = Math.ceil(3 * sigmaPx)
  const kernel = new Float64Array(2 * radius + 1)
  let total = 0
  for (let i = -radius; i <= radius; i++) {
    kernel[i + radius] = exp(-(i * i) / (2 * sigmaPx * sigmaPx))
    total += kernel[i + radius]
  }
  for (let i = 0; i < kernel.length; i++) kernel[i] /= total
  const across = new Float32Array(field.length)
  const padded = new Float32Array(width + 2 * radius)
  for (let y = 0; y < height; y++) {
    const row = field.subarray(y * width, (y + 1) * width)
    padded.set(row, radius)
    padded.fill(row[0], 0, radius)
    padded.fill(row[width - 1], width + radius)
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let i = 0; i < kernel.length; i++) sum += kernel[i] * padded[x + i]
      across[y * width + x] = sum
    }
  }
  const blurred = new Float32Array(field.length)
  const sums = new Float64Array(width)
  for (let y = 0; y < height; y++) {
    sums.fill(0)
    for (let i = -radius; i <= radius; i++) {
      const from = Math.min(height - 1, Math.max(0, y + i)) * width
      const weight = kernel[i + radius]
      for (let x = 0; x < width; x++) sums[x] += weight * across[from + x]
    }
    blurred.set(sums, y * width)
  }
  return blurred
}
