/** Windows bitmaps. Read: core (12), info (40), V4 and V5 headers; 1, 4, 8 bit with palette, 24 and 32 bit; rows in
 *  both orders. Written: 8-bit grey. Source: Microsoft, "Bitmap Storage" and BITMAPINFOHEADER (Win32 documentation). */
import { AppError } from "../errors.js"
import type { DecodedImage } from "./decoded-image.js"
import type { GrayImage } from "./gray-image.js"
import { requireSaneSize } from "./image-limits.js"
import { METRES_PER_INCH, resolutionOf } from "./resolution.js"

const FILE_HEADER_BYTES = 14

interface Layout {
  readonly width: number
  readonly height: number
  readonly bottomUp: boolean
  readonly bits: number
  readonly paletteOffset: number
  readonly paletteEntryBytes: number
  readonly paletteEntries: number
  readonly pixelOffset: number
  /** Pixels a metre; 0 where the file says nothing. */
  readonly perMetre: number
}

const refuse = (reason: string): never => {
  throw new AppError("image/bmp", reason)
}

function readLayout(view: DataView): Layout {
  if (view.byteLength < FILE_HEADER_BYTES + 12) refuse("the file ends inside its header")
  const pixelOffset = view.getUint32(10, true)
  const headerBytes = view.getUint32(14, true)
  if (headerBytes === 12) {
    const bits = view.getUint16(24, true)
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      bottomUp: true,
      bits,
      paletteOffset: 26,
      paletteEntryBytes: 3,
      paletteEntries: bits <= 8 ? 2 ** bits : 0,
      pixelOffset,
      perMetre: 0,
    }
  }
  if (headerBytes < 40 || headerBytes > 1024) refuse(`its header says ${headerBytes} bytes, 12 or 40 to 1024 are known`)
  if (view.byteLength < FILE_HEADER_BYTES + headerBytes) refuse("the file ends inside its header")
  const compression = view.getUint32(30, true)
  const bits = view.getUint16(28, true)
  // 3 is BITFIELDS; with 32 bits and the customary masks it is plain BGRA.
  const plainMasks =
    compression === 3 &&
    bits === 32 &&
    view.byteLength >= 66 &&
    view.getUint32(54, true) === 0xff0000 &&
    view.getUint32(58, true) === 0xff00 &&
    view.getUint32(62, true) === 0xff
  if (compression !== 0 && !plainMasks) refuse(`compression ${compression} is not supported; save it uncompressed`)
  const signedHeight = view.getInt32(22, true)
  const used = view.getUint32(46, true)
  if (bits <= 8 && used > 2 ** bits) refuse(`a palette of ${used} colours does not fit ${bits} bits`)
  return {
    width: view.getInt32(18, true),
    height: Math.abs(signedHeight),
    bottomUp: signedHeight > 0,
    bits,
    paletteOffset: FILE_HEADER_BYTES + headerBytes,
    paletteEntryBytes: 4,
    paletteEntries: bits <= 8 ? used || 2 ** bits : 0,
    pixelOffset,
    perMetre: view.getInt32(38, true),
  }
}

/** Red, green, blue of each palette entry; indices past the palette's end are an error when they occur. */
function readPalette(bytes: Uint8Array, layout: Layout): Uint8Array {
  const palette = new Uint8Array(layout.paletteEntries * 3)
  for (let i = 0; i < layout.paletteEntries; i++) {
    const at = layout.paletteOffset + i * layout.paletteEntryBytes
    if (at + 3 > bytes.length) refuse("the file ends inside its palette")
    palette.set([bytes[at + 2], bytes[at + 1], bytes[at]], i * 3)
  }
  return palette
}

const isGray = (rgb: Uint8Array): boolean => {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false
  return true
}

/** A row of blue-green-red triples (or quadruples) to red-green-blue at pixel `to`. */
function copyColours(
  bytes: Uint8Array,
  row: number,
  bits: number,
  pixels: Uint8Array,
  to: number,
  width: number,
): void {
  const step = bits / 8
  for (let x = 0; x < width; x++) {
    const from = row + x * step
    const at = (to + x) * 3
    pixels[at] = bytes[from + 2]
    pixels[at + 1] = bytes[from + 1]
    pixels[at + 2] = bytes[from]
  }
}

/** A row of palette indices to `channels` values a pixel, at pixel `to`. */
function copyIndexed(
  bytes: Uint8Array,
  row: number,
  bits: number,
  palette: Uint8Array,
  channels: 1 | 3,
  pixels: Uint8Array,
  to: number,
  width: number,
): void {
  const entries = palette.length / 3
  const mask = (1 << bits) - 1
  for (let x = 0; x < width; x++) {
    const bit = x * bits
    const index = (bytes[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask
    if (index >= entries) refuse(`a pixel names colour ${index} of ${entries}`)
    const at = (to + x) * channels
    for (let c = 0; c < channels; c++) pixels[at + c] = palette[index * 3 + c]
  }
}

/** Decodes a bitmap. A palette of greys gives a grey image, whatever its order.
 *  @throws AppError "image/bmp" or "image/size" with the reason */
export function decodeBmp(bytes: Uint8Array): DecodedImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout = readLayout(view)
  const { width, height, bits, bottomUp, pixelOffset } = layout
  if (![1, 4, 8, 24, 32].includes(bits)) refuse(`${bits} bits a pixel are not supported (1, 4, 8, 24 and 32 are)`)
  requireSaneSize(width, height)
  const strideBytes = Math.ceil((width * bits) / 32) * 4
  const dataEnd = pixelOffset + strideBytes * height
  if (pixelOffset < FILE_HEADER_BYTES + 12 || dataEnd > bytes.length) {
    refuse(`its header promises ${dataEnd} bytes, the file has ${bytes.length}`)
  }
  const palette = bits <= 8 ? readPalette(bytes, layout) : undefined
  const gray = palette !== undefined && isGray(palette)
  const pixels = new Uint8Array(width * height * (gray ? 1 : 3))
  for (let y = 0; y < height; y++) {
    const row = pixelOffset + (bottomUp ? height - 1 - y : y) * strideBytes
    if (palette === undefined) copyColours(bytes, row, bits, pixels, y * width, width)
    else copyIndexed(bytes, row, bits, palette, gray ? 1 : 3, pixels, y * width, width)
  }
  const { resolution, notes } = resolutionOf(Math.round(layout.perMetre * METRES_PER_INCH))
  const file = { format: "bmp", bitsPerSample: Math.min(bits, 8), notes } as const
  const image = { width, height, pixels, ...resolution }
  return gray ? { ...file, channels: 1, image } : { ...file, channels: 3, image }
}

/** An 8-bit grey bitmap, bottom-up, 256-entry palette; `dpi` is written as pixels a metre, 0 where it is not known.
 *  Size: 1078 bytes + rows padded to 4 bytes. */
export function encodeBmp(image: GrayImage): Uint8Array<ArrayBuffer> {
  const { width, height, pixels } = image
  const strideBytes = Math.ceil(width / 4) * 4
  const pixelOffset = FILE_HEADER_BYTES + 40 + 1024
  const bytes = new Uint8Array(pixelOffset + strideBytes * height)
  const view = new DataView(bytes.buffer)
  const perMetre = Math.round((image.dpi ?? 0) / METRES_PER_INCH)
  bytes.set([0x42, 0x4d])
  view.setUint32(2, bytes.length, true)
  view.setUint32(10, pixelOffset, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, width, true)
  view.setInt32(22, height, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, 8, true)
  view.setUint32(34, strideBytes * height, true)
  view.setInt32(38, perMetre, true)
  view.setInt32(42, perMetre, true)
  view.setUint32(46, 256, true)
  for (let i = 0; i < 256; i++) bytes.fill(i, 54 + i * 4, 57 + i * 4)
  for (let y = 0; y < height; y++) {
    bytes.set(pixels.subarray(y * width, (y + 1) * width), pixelOffset + (height - 1 - y) * strideBytes)
  }
  return bytes
}
