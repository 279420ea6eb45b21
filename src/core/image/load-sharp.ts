import type Sharp from "sharp"
import { AppError } from "../errors.js"

/** sharp, an optional peer: BMP and PGM do without. @throws AppError "image/sharp" where it is not installed */
export async function loadSharp(): Promise<typeof Sharp> {
  try {
    return (await import("sharp")).default
  } catch (cause) {
    throw new AppError("image/sharp", "PNG, TIFF, JPEG and WebP need sharp: npm install sharp@0.35.5", {
      cause,
    })
  }
}
