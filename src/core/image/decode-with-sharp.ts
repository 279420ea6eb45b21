import type { Metadata, Sharp } from "sharp"
import { AppError } from "../errors.js"
import type { DecodedImage } from "./decoded-image.js"
import { MAX_IMAGE_PIXELS, requireSaneSize } from "./image-limits.js"
import { loadSharp } from "./load-sharp.js"
import { resolutionOf } from "./resolution.js"

/** What sharp says of a PNG or JPEG without a tag: nobody wrote it. */
const SHARPS_OWN_DPI = 72

interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: number
  /** 8 bits each */
  readonly pixels: Uint8Array
  readonly bitsPerSample: number
  readonly notes: readonly string[]
}

/** PNG, TIFF, JPEG and WebP; turned as the orientation tag says, which cameras write instead of turning the pixels.
 *  @throws AppError "image/sharp", "image/size", "image/samples"; sharp's own errors for damaged files */
export async function decodeWithSharp(
  bytes: Uint8Array,
  format: "png" | "tiff" | "jpeg" | "webp",
  maxPixels: number,
): Promise<DecodedImage> {
  const sharp = await loadSharp()
  const open = () => sharp(bytes, { limitInputPixels: MAX_IMAGE_PIXELS, failOn: "warning" })
  const meta = await open().metadata()
  requireSaneSize(meta.width, meta.height, maxPixels)
  const flat = meta.hasAlpha ? open().flatten({ background: "white" }) : open()
  const upright = (meta.orientation ?? 1) > 1 ? flat.autoOrient() : flat
  const { channels, width, height, pixels, bitsPerSample, notes } = await samplesOf(upright, meta)
  const tag = resolutionOf(meta.density === SHARPS_OWN_DPI ? undefined : meta.density)
  const pages = (meta.pages ?? 1) > 1 ? [`it has ${meta.pages} pages: the first is read`] : []
  const file = { format, bitsPerSample, notes: [...pages, ...notes, ...tag.notes] }
  const image = { width, height, pixels, ...tag.resolution }
  return channels === 1 ? { ...file, channels: 1, image } : { ...file, channels: 3, image }
}

function samplesOf(image: Sharp, meta: Metadata): Promise<Samples> {
  const isGray = meta.channels <= 2 || meta.space === "b-w"
  switch (meta.depth) {
    case "uchar":
      return eightBits(image, isGray, meta.bitsPerSample ?? 8)
    case "ushort":
      return sixteenBits(image, isGray)
    case "float":
    case "double":
      if (isGray) return floatingPoint(image)
  }
  const kind = { float: "floating-point colour", double: "floating-point colour" }[meta.depth as string] ?? meta.depth
  throw new AppError("image/samples", `its samples are ${kind}: save it with 8 or 16 bits a sample`)
}

async function eightBits(image: Sharp, isGray: boolean, bitsPerSample: number): Promise<Samples> {
  const { data, info } = await image
    .toColourspace(isGray ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
  return { ...info, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), bitsPerSample, notes: [] }
}

/** Cameras with 10, 12 or 14 bits store them in 16, at the lower end: such an image would be black. */
async function sixteenBits(image: Sharp, isGray: boolean): Promise<Samples> {
  const { data, info } = await image
    .toColourspace(isGray ? "grey16" : "rgb16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true })
  const values = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
  const largest = values.reduce((most, value) => Math.max(most, value), 0)
  const bits = [8, 10, 12, 14].find((n) => largest < 2 ** n) ?? 16
  if (bits === 16 || largest === 0) {
    return { ...info, pixels: Uint8Array.from(values, (value) => value >> 8), bitsPerSample: 16, notes: [] }
  }
  const scale = 255 / (2 ** bits - 1)
  const note = `its 16-bit samples reach ${largest} only: they are read as ${bits} bits`
  const pixels = Uint8Array.from(values, (value) => Math.round(value * scale))
  return { ...info, pixels, bitsPerSample: bits, notes: [note] }
}

/** Grey values from 0 to 1, as programs for images in floating point write them.
 *  @throws AppError "image/samples" for another range */
async function floatingPoint(image: Sharp): Promise<Samples> {
  const { data, info } = await image.toColourspace("b-w").raw({ depth: "float" }).toBuffer({ resolveWithObject: true })
  const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4)
  if (!values.every((value) => value >= 0 && value <= 1)) {
    const cure = "scale them to 0 to 1, or save it with 8 or 16 bits a sample"
    throw new AppError("image/samples", `its floating-point samples are not all from 0 to 1: ${cure}`)
  }
  return { ...info, pixels: Uint8Array.from(values, (value) => Math.round(value * 255)), bitsPerSample: 32, notes: [] }
}
