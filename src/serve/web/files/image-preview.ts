import pLimit from "p-limit"
import { RASTER_HEADER_BYTES, rasterHeader } from "./raster-header.js"

/** Larger files, and images that unpack to more pixels, get no preview. */
export const MAX_PREVIEW_BYTES = 20 * 1024 * 1024
const MAX_PREVIEW_PIXELS = 50_000_000
const LONGEST_SIDE_PX = 640

export interface Preview {
  /** Of our own PNG, to be revoked when it is shown no more. */
  readonly url: string
  readonly widthPx: number
  readonly heightPx: number
}

/** Unpacked pictures are large: one at a time, however many a conversation shows. */
const oneByOne = pLimit(1)

/** A small picture of a received image, drawn again: the page shows pixels that it decoded itself, never the file. Only
 *  for formats that hold pixels alone, by their bytes and not by their name; undefined for everything else. */
export const imagePreview = (file: Blob): Promise<Preview | undefined> => oneByOne(() => drawn(file))

async function drawn(file: Blob): Promise<Preview | undefined> {
  if (file.size > MAX_PREVIEW_BYTES) return undefined
  const header = rasterHeader(new Uint8Array(await file.slice(0, RASTER_HEADER_BYTES).arrayBuffer()))
  if (header === undefined || header.widthPx * header.heightPx > MAX_PREVIEW_PIXELS) return undefined
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(new Blob([file], { type: header.type }))
  } catch (error) {
    if (error instanceof DOMException) return undefined // it begins like an image and is none
    throw error
  }
  try {
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"))
    if (small === null) return undefined
    return { url: URL.createObjectURL(small), widthPx: canvas.width, heightPx: canvas.height }
  } finally {
    bitmap.close()
  }
}
