/** A grey image: row-major, one byte a pixel, 0 is black, 255 is white. `dpi` is the scanning resolution where the
 *  file or the scanner told it; a reader that needs one and finds none estimates it from the content. */
export interface GrayImage {
  readonly width: number
  readonly height: number
  /** width × height bytes */
  readonly pixels: Uint8Array
  readonly dpi?: number
}

/** A new image, filled with `fill` (0-255). Width and height are whole numbers of at least 1. */
export function grayImage(width: number, height: number, fill = 0): GrayImage & { readonly pixels: Uint8Array } {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`${width} × ${height} is not an image size`)
  }
  const pixels = new Uint8Array(width * height)
  if (fill !== 0) pixels.fill(fill)
  return { width, height, pixels }
}

/** A colour image: row-major, red, green, blue, one byte each. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  /** width × height × 3 bytes */
  readonly pixels: Uint8Array
  readonly dpi?: number
}
