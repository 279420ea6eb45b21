import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { powerSpectrum, TILE_PX } from "./power-spectrum.js"

const REACH_PX = 1
/** The quarter of windows with the least variance is taken for noise alone. */
const NOISE_QUANTILE = 0.25

/** Sums over the (2 REACH + 1)² window at each pixel, cut at the border; `count` is the pixels it held. */
function windowMoments({ width, height, pixels }: GrayImage): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(pixels.length)
  const variance = new Float64Array(pixels.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let n = 0
      let sum = 0
      let squares = 0
      for (let v = Math.max(0, y - REACH_PX); v <= Math.min(height - 1, y + REACH_PX); v++) {
        for (let u = Math.max(0, x - REACH_PX); u <= Math.min(width - 1, x + REACH_PX); u++) {
          const grey = pixels[v * width + u]
          n++
          sum += grey
          squares += grey * grey
        }
      }
      const i = y * width + x
      mean[i] = sum / n
      variance[i] = Math.max(0, squares / n - mean[i] * mean[i])
    }
  }
  return { mean, variance }
}

/** What a local Wiener filter (3 × 3, noise power measured in the image's quiet parts) takes away: sensor noise, and
 *  little of the ridges. Row-major, grey levels, one number a pixel. Source: Lee 1980 (local statistics filter), used
 *  as the residual of sensor-pattern noise (Lukáš, Fridrich, Goljan 2006). */
export function denoisingResidual(image: GrayImage): Float32Array {
  const { mean, variance } = windowMoments(image)
  const sorted = Float64Array.from(variance).sort()
  const noise = Math.max(0.25, sorted[Math.floor(NOISE_QUANTILE * (sorted.length - 1))])
  return Float32Array.from(image.pixels, (grey, i) => {
    const keep = Math.max(0, variance[i] - noise) / Math.max(variance[i], noise)
    return (1 - keep) * (grey - mean[i])
  })
}

/** Half of the frequency plane says all of a real signal. */
export const RESIDUAL_SPECTRUM_LENGTH = TILE_PX * (TILE_PX / 2 + 1)

/** Common logarithm of the mean power spectrum of the residual's sign, frequencies (u, v) with 0 <= u <= half a tile:
 *  blind to contrast and to where in the frame the patch lay. The sign instead of the value was chosen by
 *  experiments/NOTES-fvc-one-vs-all.md. RESIDUAL_SPECTRUM_LENGTH numbers. @throws RangeError below 64 px */
export function residualSpectrum(image: GrayImage): Float32Array {
  const power = powerSpectrum(denoisingResidual(image).map(Math.sign), image.width, image.height)
  const across = TILE_PX / 2 + 1
  return Float32Array.from({ length: RESIDUAL_SPECTRUM_LENGTH }, (_, i) =>
    Math.log10(1e-4 + power[Math.floor(i / across) * TILE_PX + (i % across)]),
  )
}
