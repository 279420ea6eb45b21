import type { GrayImage, RgbImage } from "./gray-image.js"

/** Grey value of a colour image: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded; R = G = B stays exactly
 *  itself. */
export function luminance({ width, height, pixels, dpi }: RgbImage): GrayImage {
  const gray = new Uint8Array(width * height)
  for (let i = 0; i < gray.length; i++) {
    gray[i] = (299 * pixels[3 * i] + 587 * pixels[3 * i + 1] + 114 * pixels[3 * i + 2] + 500) / 1000
  }
  return { width, height, pixels: gray, ...(dpi === undefined ? {} : { dpi }) }
}
