import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { normalisation } from "./parameters.js"
import { boxMean, type Plane, percentile, plane } from "./plane.js"

export interface NormalisedImage {
  /** Zero local mean, unit local deviation, clipped; dark ridges are negative. */
  readonly image: Plane
  /** Local standard deviation in grey levels, one value a pixel. */
  readonly deviation: Plane
}

/** Takes lighting and pressure out of a print: (grey - local mean) / local deviation. */
export function localNormalisation(input: GrayImage): NormalisedImage {
  const { width, height } = input
  const grey = { width, height, values: Float32Array.from(input.pixels) }
  const squares = plane(width, height)
  for (let i = 0; i < grey.values.length; i++) squares.values[i] = grey.values[i] * grey.values[i]
  const mean = boxMean(grey, normalisation.radiusPx)
  const deviation = boxMean(squares, normalisation.radiusPx)
  for (let i = 0; i < mean.values.length; i++) {
    deviation.values[i] = Math.sqrt(Math.max(0, deviation.values[i] - mean.values[i] * mean.values[i]))
  }
  const floor = Math.max(1, normalisation.floorFraction * percentile(deviation.values, 0.9))
  const image = plane(width, height)
  const { clip } = normalisation
  for (let i = 0; i < mean.values.length; i++) {
    const value = (grey.values[i] - mean.values[i]) / Math.max(floor, deviation.values[i])
    image.values[i] = Math.max(-clip, Math.min(clip, value))
  }
  return { image, deviation }
}
