/** Row-major values of an image under work. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly values: Float32Array<ArrayBuffer>
}

/** Separable Gaussian, cut at 3 sigma, edge pixels repeated. */
export function gaussianBlur({ width, height, values }: Plane, sigmaPx: number): Plane {
  const radius = Math.max(1, Math.ceil(3 * sigmaPx))
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigmaPx * sigmaPx)),
  )
  const sum = kernel.reduce((a, b) => a + b, 0)
  const rows = new Float32Array(values.length)
  const out = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let total = 0
      for (let k = -radius; k <= radius; k++) {
        total += kernel[k + radius] * values[y * width + Math.min(width - 1, Math.max(0, x + k))]
      }
      rows[y * width + x] = total / sum
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let total = 0
      for (let k = -radius; k <= radius; k++) {
        total += kernel[k + radius] * rows[Math.min(height - 1, Math.max(0, y + k)) * width + x]
      }
      out[y * width + x] = total / sum
    }
  }
  return { width, height, values: out }
}

/** Central differences, 0 at the edge. */
export function gradients({ width, height, values }: Plane): { gx: Float32Array; gy: Float32Array } {
  const gx = new Float32Array(values.length)
  const gy = new Float32Array(values.length)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      gx[at] = (values[at + 1] - values[at - 1]) / 2
      gy[at] = (values[at + width] - values[at - width]) / 2
    }
  }
  return { gx, gy }
}
