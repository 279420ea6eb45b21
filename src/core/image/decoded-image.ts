import type { GrayImage, RgbImage } from "./gray-image.js"

/** What a file held. `channels` 1: `image` is a GrayImage; 3: an RgbImage. `bitsPerSample` is the number of bits that
 *  the file's samples use (1 to 16, 32 for floating point); the pixels here are always 8 bits. */
export type DecodedImage = {
  readonly format: "bmp" | "png" | "tiff" | "pgm" | "jpeg" | "webp"
  readonly bitsPerSample: number
  /** What a person should know who takes the image for what it seems: a tag that is not believed, pages that were left
   *  out, a range of values that was guessed. Each goes on after the file's name and a colon. */
  readonly notes: readonly string[]
} & ({ readonly channels: 1; readonly image: GrayImage } | { readonly channels: 3; readonly image: RgbImage })
