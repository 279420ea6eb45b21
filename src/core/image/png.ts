import type { GrayImage, RgbImage } from "./gray-image.js"
import { loadSharp } from "./load-sharp.js"

/** An 8-bit PNG, grey or colour by the number of bytes a pixel. */
export async function encodePng(image: GrayImage | RgbImage): Promise<Uint8Array> {
  const { width, height, pixels } = image
  const channels = pixels.length === width * height ? 1 : 3
  const sharp = await loadSharp()
  return sharp(pixels, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png()
    .toBuffer()
}
