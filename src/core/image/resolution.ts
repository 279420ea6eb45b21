import { z } from "zod"

/** Dots per inch of the scan, above 0, or that nobody knows. */
export const Resolution = z.union(
  [z.number().positive(), z.literal("unknown")],
  'a resolution is dots per inch, or "unknown"',
)
export type Resolution = z.infer<typeof Resolution>

/** The image at a resolution that somebody stated, whatever its file says; undefined leaves what the file says. */
export function atResolution<Image extends { readonly dpi?: number }>(
  image: Image,
  resolution: Resolution | undefined,
): Image {
  if (resolution === undefined) return image
  if (resolution !== "unknown") return { ...image, dpi: resolution }
  const { dpi: _, ...rest } = image
  return rest as Image
}

export const METRES_PER_INCH = 0.0254

/** Programs write 72 (cameras, JPEG), 96 (Pillow's BMP, Windows), 100, 120 and 144 (screens) where nobody measured
 *  anything. 250 dpi is the lowest resolution at which ISO/IEC 19794-4 shows ridges (setting level 20). */
const MIN_DPI = 150
/** No scanner for fingers or faces is finer: a larger number is damage. */
const MAX_DPI = 5000

/** What a file's resolution tag is worth, by one rule for every format: `tagDpi` where a scanner may have said it, else
 *  nothing, with a note for people. undefined, 0, NaN or a negative number is no tag. */
export function resolutionOf(tagDpi: number | undefined): {
  readonly resolution: { readonly dpi?: number }
  readonly notes: readonly string[]
} {
  if (tagDpi === undefined || !(tagDpi > 0)) return { resolution: {}, notes: [] }
  if (tagDpi >= MIN_DPI && tagDpi <= MAX_DPI) return { resolution: { dpi: tagDpi }, notes: [] }
  const note = `its tag says ${tagDpi} dpi, which no scanner means: the resolution counts as unknown`
  return { resolution: {}, notes: [note] }
}
