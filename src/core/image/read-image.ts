/** The one door for image files: BMP and PGM by our own codecs, PNG, TIFF, JPEG and WebP by sharp. Nothing is resized
 *  or enhanced on the way in; a picture whose orientation tag says that it lies on its side is turned. */
import { readFile, stat } from "node:fs/promises"
import { AppError, messageOf } from "../errors.js"
import { systemFault } from "../files/system-fault.js"
import { decodeBmp } from "./bmp.js"
import { decodeWithSharp } from "./decode-with-sharp.js"
import type { DecodedImage } from "./decoded-image.js"
import type { GrayImage } from "./gray-image.js"
import { MAX_IMAGE_FILE_BYTES, MAX_IMAGE_PIXELS } from "./image-limits.js"
import { luminance } from "./luminance.js"
import { decodePgm, isPgm } from "./pgm.js"

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

function formatOf(bytes: Uint8Array): DecodedImage["format"] | undefined {
  if (startsWith(bytes, 0x42, 0x4d)) return "bmp"
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47)) return "png"
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return "jpeg"
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a)) return "tiff"
  if (isPgm(bytes)) return "pgm"
  if (startsWith(bytes, 0x52, 0x49, 0x46, 0x46) && startsWith(bytes.subarray(8), 0x57, 0x45, 0x42, 0x50)) {
    return "webp"
  }
  return undefined
}

/** Decodes the bytes of an image file; `name` is used in errors only. Pictures of more than `maxPixels` are refused
 *  before they are decoded (BMP and PGM, whose bytes are their pixels, by the general limit alone).
 *  @throws AppError "image/unreadable" that names the file and the reason (wrong kind, truncated, too large, …) */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  maxPixels = MAX_IMAGE_PIXELS,
): Promise<DecodedImage> {
  const format = formatOf(bytes)
  try {
    if (bytes.length === 0) throw new AppError("image/empty", "the file is empty")
    if (format === undefined) throw new AppError("image/kind", "not a BMP, PNG, TIFF, PGM, JPEG or WebP image")
    if (format === "bmp") return decodeBmp(bytes)
    if (format === "pgm") return decodePgm(bytes)
    return await decodeWithSharp(bytes, format, maxPixels)
  } catch (cause) {
    const reason = messageOf(cause).replace(/ \[[a-z/-]+\]$/, "")
    throw new AppError("image/unreadable", `cannot read ${name}: ${reason}`, { cause })
  }
}

/** Reads the file at `path`; see decodeImage. */
export async function readImage(path: string): Promise<DecodedImage> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new AppError("image/unreadable", `cannot read ${path}: ${reason}`, { cause })
  }
  const refuseFault = (cause: unknown): never => refuse(systemFault(cause) ?? messageOf(cause), cause)
  const found = await stat(path).catch(refuseFault)
  if (found.isDirectory()) refuse("it is a folder, not a file")
  if (!found.isFile()) refuse("it is neither a file nor a folder") // a pipe would be waited for without end
  if (found.size > MAX_IMAGE_FILE_BYTES) refuse(`${found.size} bytes are more than ${MAX_IMAGE_FILE_BYTES}`)
  return decodeImage(await readFile(path).catch(refuseFault), path)
}

/** Any readable image as grey: colour is turned into luminance. */
export const toGray = (decoded: DecodedImage): GrayImage =>
  decoded.channels === 1 ? decoded.image : luminance(decoded.image)

/** Reads the file at `path` as a grey image. */
export const readGrayImage = async (path: string): Promise<GrayImage> => toGray(await readImage(path))
