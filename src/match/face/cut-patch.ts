import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"

/** Where the middle of a square patch lies in an image, and what one patch pixel to the right is there: (a, b); one
 *  down is (-b, a). Lengths in image pixels; a pixel's middle is at a half. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly a: number
  readonly b: number
}

const MAX_SAMPLES = 4

/** A square patch of the image, turned and scaled as it is placed: grey stays grey, colour colour. Pixels are averaged
 *  where the image is finer than the patch, and repeated at its edge. @param mirrored left and right of the patch
 *  exchanged */
export function cutPatch<Image extends GrayImage | RgbImage>(
  { width, height, pixels }: Image,
  side: number,
  { x, y, a, b }: Placement,
  mirrored = false,
): { width: number; height: number; pixels: Uint8Array } {
  const channels = pixels.length === width * height ? 1 : 3
  const samples = Math.max(1, Math.min(MAX_SAMPLES, Math.round(Math.hypot(a, b))))
  const patch = new Uint8Array(side * side * channels)
  const sums = new Float64Array(channels)
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      sums.fill(0)
      for (let i = 0; i < samples * samples; i++) {
        const p = u + ((i % samples) + 0.5) / samples - side / 2
        const q = v + (Math.floor(i / samples) + 0.5) / samples - side / 2
        addBilinear(x + a * p - b * q - 0.5, y + b * p + a * q - 0.5)
      }
      const at = (v * side + (mirrored ? side - 1 - u : u)) * channels
      for (let c = 0; c < channels; c++) patch[at + c] = Math.round(sums[c] / (samples * samples))
    }
  }
  return { width: side, height: side, pixels: patch }

  function addBilinear(px: number, py: number): void {
    const cx = Math.min(width - 1, Math.max(0, px))
    const cy = Math.min(height - 1, Math.max(0, py))
    const [x0, y0] = [Math.floor(cx), Math.floor(cy)]
    const right = x0 + 1 < width ? channels : 0
    const down = y0 + 1 < height ? width * channels : 0
    const [fx, fy] = [cx - x0, cy - y0]
    const at = (y0 * width + x0) * channels
    for (let c = 0; c < channels; c++) {
      const top = pixels[at + c] * (1 - fx) + pixels[at + c + right] * fx
      const bottom = pixels[at + c + down] * (1 - fx) + pixels[at + c + down + right] * fx
      sums[c] += top * (1 - fy) + bottom * fy
    }
  }
}
