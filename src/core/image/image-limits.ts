import { AppError } from "../errors.js"

/** No image that this project reads is larger; a header that claims more is a lie or an attack. */
export const MAX_IMAGE_PIXELS = 64_000_000
export const MAX_IMAGE_FILE_BYTES = 256 * 1024 * 1024

/** @throws AppError "image/size" before a single pixel is allocated */
export function requireSaneSize(width: number, height: number, maxPixels = MAX_IMAGE_PIXELS): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new AppError("image/size", `its header says ${width} × ${height} pixels`)
  }
  if (width * height > maxPixels) {
    throw new AppError("image/size", `${width} × ${height} pixels are more than ${maxPixels} in all`)
  }
}
