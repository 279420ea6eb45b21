import { AppError } from "@sourceprint/core/errors.js"
import { decodeBmp, encodeBmp } from "@sourceprint/core/image/bmp.js"
import { luminance } from "@sourceprint/core/image/luminance.js"
import { resize } from "@sourceprint/core/image/resize.js"

/** Ridges are 8 to 10 px apart at 500 dpi. At a tenth of that resolution a pixel is wider than a ridge, so that what is
 *  left is where the finger lies and how dark it is, and nothing that a matcher could use. */
const OUTLINE_DPI = 50
const ASSUMED_DPI = 500

/** A capture without its ridges, as a BMP; undefined for a capture that is no BMP. */
export function outlineOf(capture: Uint8Array): Uint8Array | undefined {
  try {
    const { channels, image } = decodeBmp(capture)
    const gray = channels === 1 ? image : luminance(image)
    const shrink = OUTLINE_DPI / (gray.dpi ?? ASSUMED_DPI)
    const side = (px: number): number => Math.max(1, Math.round(px * Math.min(1, shrink)))
    return encodeBmp(resize(gray, side(gray.width), side(gray.height)))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
