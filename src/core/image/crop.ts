import type { GrayImage } from "./gray-image.js"

/** The part of `image` that starts at (x, y) and is width × height large. The part may reach outside the image: those
 *  pixels get `fill` (0-255). */
export function crop(image: GrayImage, x: number, y: number, width: number, height: number, fill = 255): GrayImage {
  const pixels = new Uint8Array(width * height)
  const left = Math.max(0, -x)
  const right = Math.min(width, image.width - x)
  if (left > 0 || right < width || y < 0 || y + height > image.height) pixels.fill(fill)
  if (right <= left) return { ...image, width, height, pixels }
  for (let row = Math.max(0, -y); row < Math.min(height, image.height - y); row++) {
    const from = (y + row) * image.width + x
    pixels.set(image.pixels.subarray(from + left, from + right), row * width + left)
  }
  return { ...image, width, height, pixels }
}
