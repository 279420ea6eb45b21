import sharp from "sharp"
import type { GrayImage, RgbImage } from "../image/gray-image.js"
import { encodePng } from "../image/png.js"

const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString("base64")}`

/** An image as a PNG data URI for a gallery. */
export const imageUri = async (image: GrayImage | RgbImage): Promise<string> =>
  dataUri(await encodePng(image))

/** A transparent layer, `rgba` = width × height × 4 bytes, as a PNG data URI. */
export async function layerUri(width: number, height: number, rgba: Uint8Array): Promise<string> {
  if (rgba.length !== width * height * 4)
    throw new RangeError(`${rgba.length} bytes are not ${width} × ${height} × 4`)
  const raw = { width, height, channels: 4 as const }
  return dataUri(await sharp(rgba, { raw }).png({ compressionLevel: 9 }).toBuffer())
}
