import type { GrayImage } from "./gray-image.js"
import { resize } from "./resize.js"

const SIDE = 64

/** 64 × 64 values with mean 0 and length 1; all 0 for an image of one grey. */
export function thumbnail(image: GrayImage): Float32Array {
  const { pixels } = resize(image, SIDE, SIDE)
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length
  const centred = Float32Array.from(pixels, (value) => value - mean)
  const length = Math.hypot(...centred)
  return length === 0 ? centred : centred.map((value) => value / length)
}

/** Correlation of two thumbnails, -1 to 1. */
export function thumbnailCorrelation(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
