import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { encodePng } from "@sourceprint/core/image/png.js"
import sharp from "sharp"

const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString("base64")}`

/** An image as a PNG data URI for a gallery. */
export const imageUri = async (image: GrayImage | RgbImage): Promise<string> => dataUri(await encodePng(image))

/** A grey image as a JPEG data URI: a fifth of the bytes, for pages with many prints where exact greys do not
 *  matter. */
export async function photoUri({ width, height, pixels }: GrayImage): Promise<string> {
  const raw = { width, height, channels: 1 as const }
  const jpeg = await sharp(pixels, { raw }).toColourspace("b-w").jpeg({ quality: 72 }).toBuffer()
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`
}

/** A transparent layer, `rgba` = width × height × 4 bytes, as a PNG data URI. */
export async function layerUri(width: number, height: number, rgba: Uint8Array): Promise<string> {
  if (rgba.length !== width * height * 4) throw new RangeError(`${rgba.length} bytes are not ${width} × ${height} × 4`)
  const raw = { width, height, channels: 4 as const }
  return dataUri(await sharp(rgba, { raw }).png({ compressionLevel: 9 }).toBuffer())
}
