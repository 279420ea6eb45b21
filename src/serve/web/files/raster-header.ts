/** The raster image formats that a page may decode from a stranger: they hold pixels alone. SVG and HTML run. */
export type RasterType = "image/png" | "image/jpeg" | "image/gif" | "image/webp"

export interface RasterHeader {
  readonly type: RasterType
  readonly widthPx: number
  readonly heightPx: number
}

/** How much of a file's beginning is enough: JPEG may carry a profile and a thumbnail before its size. */
export const RASTER_HEADER_BYTES = 256 * 1024

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

/** What the bytes themselves say, whatever the sender called them; undefined for anything that is not one of the
 *  formats. Sources: PNG 3rd ed. 11.2.1; ITU-T T.81 B.2.2; GIF89a 18; RFC 9649 (WebP) 2.4-2.7. */
export function rasterHeader(bytes: Uint8Array): RasterHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 30) return undefined
  if (ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n" && ascii(bytes, 12, 4) === "IHDR") {
    return sized("image/png", view.getUint32(16), view.getUint32(20))
  }
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return gif(bytes, view)
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP") return webp(bytes, view)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(bytes, view)
  return undefined
}

function sized(type: RasterType, widthPx: number, heightPx: number): RasterHeader | undefined {
  return widthPx > 0 && heightPx > 0 ? { type, widthPx, heightPx } : undefined
}

function webp(bytes: Uint8Array, view: DataView): RasterHeader | undefined {
  const u24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  switch (ascii(bytes, 12, 4)) {
    case "VP8 ":
      return sized("image/webp", view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
    case "VP8L": {
      const bits = view.getUint32(21, true)
      return sized("image/webp", 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff))
    }
    case "VP8X":
      return sized("image/webp", 1 + u24(24), 1 + u24(27))
    default:
      return undefined
  }
}

/** The screen, or the first image where that reaches beyond it: decoders enlarge the one to hold the other. */
function gif(bytes: Uint8Array, view: DataView): RasterHeader | undefined {
  const colours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + colours(view.getUint8(10))
  while (bytes[at] === 0x21) {
    at += 2 // the introducer and the label of an extension, then its blocks
    while (bytes[at]) at += 1 + view.getUint8(at)
    at++
  }
  if (bytes[at] !== 0x2c || at + 9 > bytes.length) return undefined
  const edge = (place: number, length: number): number =>
    view.getUint16(at + place, true) + view.getUint16(at + length, true)
  const widthPx = Math.max(view.getUint16(6, true), edge(1, 5))
  return sized("image/gif", widthPx, Math.max(view.getUint16(8, true), edge(3, 7)))
}

/** Markers that stand alone, without a length: TEM and RST0 to RST7. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/** Walks the segments to the frame header, which holds the size, as decoders do. */
function jpeg(bytes: Uint8Array, view: DataView): RasterHeader | undefined {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++ // fill byte
      continue
    }
    if (isBare(marker)) {
      at += 2
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return sized("image/jpeg", view.getUint16(at + 7), view.getUint16(at + 5))
    // No segment: a stuffed byte, a second beginning, the end, or pixels before the size.
    if ([0x00, 0xd8, 0xd9, 0xda].includes(marker)) return undefined
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
