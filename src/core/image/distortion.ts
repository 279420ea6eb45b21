import type { Rng } from "../rng.js"
import type { GrayImage } from "./gray-image.js"

/** Normal noise of `sigma` grey levels on every pixel. */
export const noisy = (image: GrayImage, sigma: number, rng: Rng): GrayImage => ({
  ...image,
  pixels: image.pixels.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * rng.normal())))),
})

const clamped = (value: number, length: number): number => Math.min(length - 1, Math.max(0, value))

/** Gaussian blur, edge pixels repeated. @param sigmaPx above 0 */
export function blurred(image: GrayImage, sigmaPx: number): GrayImage {
  const { width, height, pixels } = image
  const radius = Math.ceil(3 * sigmaPx)
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigmaPx ** 2)),
  )
  const sum = kernel.reduce((a, b) => a + b, 0)
  const rows = new Float64Array(pixels.length)
  const out = new Uint8Array(pixels.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let total = 0
      for (const [k, weight] of kernel.entries())
        total += weight * (pixels[y * width + clamped(x + k - radius, width)] ?? 0)
      rows[y * width + x] = total / sum
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let total = 0
      for (const [k, weight] of kernel.entries())
        total += weight * (rows[clamped(y + k - radius, height) * width + x] ?? 0)
      out[y * width + x] = Math.round(total / sum)
    }
  }
  return { ...image, pixels: out }
}

/** Turned about its middle, edge pixels repeated, bilinear. */
export function rotated(image: GrayImage, degrees: number): GrayImage {
  const { width, height, pixels } = image
  const angle = (degrees * Math.PI) / 180
  const [cos, sin, cx, cy] = [Math.cos(angle), Math.sin(angle), (width - 1) / 2, (height - 1) / 2]
  const at = (x: number, y: number): number => pixels[clamped(y, height) * width + clamped(x, width)] ?? 0
  const out = pixels.map((_, i) => {
    const [dx, dy] = [(i % width) - cx, Math.floor(i / width) - cy]
    const [x, y] = [cx + cos * dx + sin * dy, cy - sin * dx + cos * dy]
    const [x0, y0] = [Math.floor(x), Math.floor(y)]
    const [fx, fy] = [x - x0, y - y0]
    const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
    const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
    return Math.round(top * (1 - fy) + bottom * fy)
  })
  return { ...image, pixels: out }
}
