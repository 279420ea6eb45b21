/** The grey of one pixel of an RGBA frame: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). @param pixel row-major */
export const greyAt = (rgba: Uint8ClampedArray, pixel: number): number =>
  0.299 * (rgba[4 * pixel] ?? 0) + 0.587 * (rgba[4 * pixel + 1] ?? 0) + 0.114 * (rgba[4 * pixel + 2] ?? 0)
