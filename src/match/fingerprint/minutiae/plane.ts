/** A grid of real numbers, row-major: an image between its stages, or one value a map cell. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

export const plane = (width: number, height: number): Plane => ({
  width,
  height,
  values: new Float32Array(width * height),
})

/** Mean over a (2 radius + 1)² window, clipped at the edges; running sums, so the cost does not depend on radius. */
export function boxMean({ width, height, values }: Plane, radius: number): Plane {
  const rows = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const start = y * width
    let sum = 0
    for (let x = 0; x < Math.min(radius, width); x++) sum += values[start + x]
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += values[start + x + radius]
      if (x - radius > 0) sum -= values[start + x - radius - 1]
      rows[start + x] = sum / (Math.min(x + radius, width - 1) - Math.max(x - radius, 0) + 1)
    }
  }
  const result = plane(width, height)
  const sums = new Float64Array(width)
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0; x < width; x++) sums[x] += rows[y * width + x]
  }
  for (let y = 0; y < height; y++) {
    const enter = y + radius < height ? (y + radius) * width : -1
    const leave = y - radius > 0 ? (y - radius - 1) * width : -1
    const scale = 1 / (Math.min(y + radius, height - 1) - Math.max(y - radius, 0) + 1)
    if (enter >= 0) for (let x = 0; x < width; x++) sums[x] += rows[enter + x]
    if (leave >= 0) for (let x = 0; x < width; x++) sums[x] -= rows[leave + x]
    for (let x = 0; x < width; x++) result.values[y * width + x] = sums[x] * scale
  }
  return result
}

/** Twice the box: close to a Gaussian. */
export const smooth = (input: Plane, radius: number): Plane => boxMean(boxMean(input, radius), radius)

/** Value at the given fraction (0-1) of the sorted values, of at most some 4,000 of them taken evenly. */
export function percentile(values: Float32Array, fraction: number): number {
  const step = Math.max(1, Math.floor(values.length / 4096)) | 1
  const sorted = Float32Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? 0
}
