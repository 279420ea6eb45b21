import type { GrayImage, RgbImage } from "./gray-image.js"

/** What a file held. `channels` 1: `image` is a GrayImage; 3: an RgbImage. `bitsPerSample` is the file's own depth
 *  (1, 4, 8 or 16); the pixels here are always 8 bits. */
export type DecodedImage = {
  readonly format: "bmp" | "png" | "tiff" | "pgm" | "jpeg" | "webp"
  readonly bitsPerSample: number
} & ({ readonly channels: 1; readonly image: GrayImage } | { readonly channels: 3; readonly image: RgbImage })
