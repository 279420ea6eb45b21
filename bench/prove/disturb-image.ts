import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"

/** Normal noise of `deviation` grey levels on every pixel. */
export const noisy = (image: GrayImage, deviation: number, rng: Rng): GrayImage => ({
  ...image,
  pixels: image.pixels.map((value) => Math.max(0, Math.min(255, Math.round(value + deviation * rng.normal())))),
})

/** Gaussian blur, edge pixels repeated. */
export function blurred(image: GrayImage, sigmaPx: number): GrayImage {
  const { width, height, pixels } = image
  const radius = Math.ceil(3 * sigmaPx)
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigmaPx ** 2)))
  const sum = kernel.reduce((a, b) => a + b, 0)
  const clamp = (value: number, limit: number): number => Math.min(limit - 1, Math.max(0, value))
  const rows = Float64Array.from(pixels, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    return kernel.reduce((total, w, k) => total + w * pixels[y * width + clamp(x + k - radius, width)], 0) / sum
  })
  const out = pixels.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    return Math.round(
      kernel.reduce((total, w, k) => total + w * rows[clamp(y + k - radius, height) * width + x], 0) / sum,
    )
  })
  return { ...image, pixels: out }
}

/** Turned about its middle, edge pixels repeated, bilinear. */
export function rotated(image: GrayImage, degrees: number): GrayImage {
  const { width, height, pixels } = image
  const angle = (degrees * Math.PI) / 180
  const [cos, sin, cx, cy] = [Math.cos(angle), Math.sin(angle), (width - 1) / 2, (height - 1) / 2]
  const at = (x: number, y: number): number =>
    pixels[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]
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
