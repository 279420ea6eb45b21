/** Oriented filtering of a print, the replaced system's way: normalise, segment, orientation by gradients, one median
 *  ridge frequency, Gabor-like filters turned to the ridge. */
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { gaussianBlur, gradients, type Plane } from "./filtering.js"
import { orbHarrisParameters } from "./parameters.js"
import { medianRidgeFrequency } from "./ridge-frequency.js"

const settings = orbHarrisParameters.enhancement

/** 255 on ridges, 0 elsewhere and outside the print; undefined where no ridge frequency is found. */
export function enhance(image: GrayImage): Uint8Array<ArrayBuffer> | undefined {
  const normalised = normalise(image)
  const mask = segment(normalised)
  const print = renormalise(normalised, mask)
  const orientation = ridgeOrientation(print)
  const frequency = medianRidgeFrequency(print, mask, orientation)
  if (frequency === undefined) return undefined
  return filterRidges(print, mask, orientation, frequency)
}

/** Mean 0, deviation 1 over the pixels that `include` keeps. */
function standardise(values: Float32Array, include: (at: number) => boolean): Float32Array<ArrayBuffer> {
  let [n, sum, squares] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    if (!include(i)) continue
    n++
    sum += values[i]
    squares += values[i] * values[i]
  }
  const mean = n === 0 ? 0 : sum / n
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, n) - mean * mean)) || 1
  return Float32Array.from(values, (v) => (v - mean) / deviation)
}

const normalise = ({ width, height, pixels }: GrayImage): Plane => ({
  width,
  height,
  values: standardise(Float32Array.from(pixels), () => true),
})

const renormalise = (plane: Plane, mask: Uint8Array): Plane => ({
  ...plane,
  values: standardise(plane.values, (at) => mask[at] === 1),
})

/** 1 where the block's deviation says that there is a print. */
function segment({ width, height, values }: Plane): Uint8Array {
  const mask = new Uint8Array(width * height)
  const block = settings.segmentBlockPx
  for (let by = 0; by < height; by += block) {
    for (let bx = 0; bx < width; bx += block) {
      let [n, sum, squares] = [0, 0, 0]
      for (let y = by; y < Math.min(height, by + block); y++) {
        for (let x = bx; x < Math.min(width, bx + block); x++) {
          const value = values[y * width + x]
          n++
          sum += value
          squares += value * value
        }
      }
      const deviation = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2))
      if (deviation <= settings.segmentDeviation) continue
      for (let y = by; y < Math.min(height, by + block); y++) {
        mask.fill(1, y * width + bx, y * width + Math.min(width, bx + block))
      }
    }
  }
  return mask
}

/** Angle of the ridges, radians in [0, π), by smoothed doubled gradient angles. */
function ridgeOrientation(plane: Plane): Float32Array<ArrayBuffer> {
  const { width, height } = plane
  const { gx, gy } = gradients(gaussianBlur(plane, settings.gradientSigmaPx))
  const [xx, xy, yy] = [0, 1, 2].map(() => new Float32Array(width * height))
  for (let i = 0; i < gx.length; i++) {
    xx[i] = gx[i] * gx[i]
    xy[i] = gx[i] * gy[i]
    yy[i] = gy[i] * gy[i]
  }
  const smooth = (values: Float32Array<ArrayBuffer>, sigmaPx: number): Float32Array<ArrayBuffer> =>
    gaussianBlur({ width, height, values }, sigmaPx).values
  const sxx = smooth(xx, settings.blockSigmaPx)
  const sxy = smooth(xy, settings.blockSigmaPx)
  const syy = smooth(yy, settings.blockSigmaPx)
  const sin2 = new Float32Array(width * height)
  const cos2 = new Float32Array(width * height)
  for (let i = 0; i < sxx.length; i++) {
    const length = Math.hypot(2 * sxy[i], sxx[i] - syy[i]) + Number.EPSILON
    sin2[i] = (2 * sxy[i]) / length
    cos2[i] = (sxx[i] - syy[i]) / length
  }
  const sin = smooth(sin2, settings.orientationSigmaPx)
  const cos = smooth(cos2, settings.orientationSigmaPx)
  return sin.map((s, i) => (Math.PI / 2 + Math.atan2(s, cos[i]) / 2) % Math.PI)
}

/** One kernel an angle step: a cosine across the ridge under a Gaussian. */
function ridgeKernels(frequency: number): { radius: number; kernels: Float32Array[] } {
  const sigmaPx = settings.sigmaPeriods / frequency
  const radius = Math.round(3 * sigmaPx)
  const kernels = Array.from({ length: Math.round(180 / settings.angleStepDeg) }, (_, step) => {
    const angleRad = (step * settings.angleStepDeg * Math.PI) / 180
    const kernel = new Float32Array((2 * radius + 1) ** 2)
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const across = -x * Math.sin(angleRad) + y * Math.cos(angleRad)
        const gauss = Math.exp(-(x * x + y * y) / (2 * sigmaPx * sigmaPx))
        kernel[(y + radius) * (2 * radius + 1) + x + radius] = gauss * Math.cos(2 * Math.PI * frequency * across)
      }
    }
    return kernel
  })
  return { radius, kernels }
}

function filterRidges(
  { width, height, values }: Plane,
  mask: Uint8Array,
  orientation: Float32Array,
  frequency: number,
): Uint8Array<ArrayBuffer> {
  const { radius, kernels } = ridgeKernels(frequency)
  const ridges = new Uint8Array(width * height)
  for (let y = radius; y < height - radius; y++) {
    for (let x = radius; x < width - radius; x++) {
      const at = y * width + x
      if (mask[at] === 0) continue
      const step = Math.round((orientation[at] * 180) / Math.PI / settings.angleStepDeg) % kernels.length
      const kernel = kernels[step]
      let sum = 0
      let k = 0
      for (let dy = -radius; dy <= radius; dy++) {
        const row = at + dy * width
        for (let dx = -radius; dx <= radius; dx++) sum += kernel[k++] * values[row + dx]
      }
      if (sum < settings.ridgeBelow) ridges[at] = 255
    }
  }
  return ridges
}
