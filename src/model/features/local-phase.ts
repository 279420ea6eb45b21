import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

export const LOCAL_PHASE_BINS = 256
/** Signs nearer to zero than this are rounding. */
const EPSILON = 1e-9
const COSINES = [-1, 0, 1].map((k) => Math.cos((2 * Math.PI * k) / 3))
const SINES = [-1, 0, 1].map((k) => Math.sin((2 * Math.PI * k) / 3))

/** Local phase quantisation (Ojansivu, Heikkilä 2008) on 3 × 3 px: square roots of the shares of the 256 codes that the
 *  signs of real and imaginary part at the four lowest frequencies make. Brightness and contrast, as long as nothing
 *  is cut off, change no code. LOCAL_PHASE_BINS numbers in [0, 1]. */
export function localPhase({ width, height, pixels }: GrayImage): Float64Array {
  const counts = new Float64Array(LOCAL_PHASE_BINS)
  const real = new Float64Array(4)
  const imaginary = new Float64Array(4)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      real.fill(0)
      imaginary.fill(0)
      for (let dy = 0; dy < 3; dy++) {
        const from = (y + dy - 1) * width + x - 1
        for (let dx = 0; dx < 3; dx++) {
          const grey = pixels[from + dx]
          const [cx, sx, cy, sy] = [COSINES[dx], SINES[dx], COSINES[dy], SINES[dy]]
          real[0] += grey * cx
          imaginary[0] += grey * sx
          real[1] += grey * cy
          imaginary[1] += grey * sy
          real[2] += grey * (cx * cy - sx * sy)
          imaginary[2] += grey * (sx * cy + cx * sy)
          real[3] += grey * (cx * cy + sx * sy)
          imaginary[3] += grey * (sx * cy - cx * sy)
        }
      }
      let code = 0
      for (let f = 0; f < 4; f++) {
        if (real[f] > EPSILON) code |= 1 << (2 * f)
        if (imaginary[f] > EPSILON) code |= 2 << (2 * f)
      }
      counts[code]++
    }
  }
  const n = Math.max(1, (width - 2) * (height - 2))
  return counts.map((count) => Math.sqrt(count / n))
}
