import { boxMean } from "@sourceprint/core/image/box-mean.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** Fewer images leave ridges in the mean, which look like marks. */
export const LEAST_IMAGES_FOR_MARKS = 20
/** A mark's edge is where the mean image leaves its surroundings (33 × 33 px) by so many robust deviations. */
const SURROUNDINGS_REACH_PX = 16
const LIMIT_DEVIATIONS = 4
/** Squared grey levels over the images: less is an area that the sensor does not see. */
const LEAST_VARIANCE = 1
/** As far as a mark's edge reaches in `unitResidual`. */
const MARGIN_PX = 8
/** Deviation of a normal distribution / median of its absolute values. */
const MEDIAN_TO_DEVIATION = 1.4826

/** Pixels that show the sensor's marks (a dark square, corners, the border of what it sees) and not its noise: found
 *  in the mean of images of one scanner, where fingers average out. (height × width) 1: usable, 0: a mark. All of them
 *  are usable below LEAST_IMAGES_FOR_MARKS. @throws RangeError for images of different sizes */
export function usablePixels(images: readonly GrayImage[]): Uint8Array {
  const [first] = images
  if (first === undefined) return new Uint8Array(0)
  const { width, height } = first
  const count = width * height
  if (images.length < LEAST_IMAGES_FOR_MARKS) return new Uint8Array(count).fill(1)
  const mean = new Float64Array(count)
  const variance = new Float64Array(count)
  for (const { pixels } of images) {
    if (pixels.length !== count) throw new RangeError("the images have different sizes")
    for (let i = 0; i < count; i++) {
      mean[i] += pixels[i] / images.length
      variance[i] += pixels[i] ** 2 / images.length
    }
  }
  for (let i = 0; i < count; i++) variance[i] -= mean[i] ** 2
  const smooth = boxMean({ width, height, pixels: mean }, 1)
  const around = boxMean({ width, height, pixels: mean }, SURROUNDINGS_REACH_PX)
  const apart = smooth.map((value, i) => Math.abs(value - around[i]))
  const seen = apart.filter((_, i) => variance[i] > LEAST_VARIANCE).sort()
  const limit = LIMIT_DEVIATIONS * MEDIAN_TO_DEVIATION * (seen[seen.length >> 1] ?? 0)
  const marked = apart.map((value, i) => (value > limit || variance[i] <= LEAST_VARIANCE ? 1 : 0))
  return Uint8Array.from(boxMean({ width, height, pixels: marked }, MARGIN_PX), (share) => (share > 0 ? 0 : 1))
}
