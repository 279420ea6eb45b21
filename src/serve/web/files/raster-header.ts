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

/** What the bytes themselves say, whatever the sender called them; undefined for anything that is not one of the formats.
 *  Sources: PNG 3rd ed. 11.2.1; ITU-T T.81 B.2.2; GIF89a 18; RFC 9649 (WebP) 2.4-2.7. */
export function rasterHeader(bytes: Uint8Array): RasterHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 30) return undefined
  if (ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n" && ascii(bytes, 12, 4) === "IHDR") {
    return sized("image/png", view.getUint32(16), view.getUint32(20))
  }
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) {
    return sized("image/gif", view.getUint16(6, true), view.getUint16(8, true))
  }
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

/** Walks the segments to the frame header, which holds the size. */
function jpeg(bytes: Uint8Array, view: DataView): RasterHeader | undefined {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]
    if (marker === 0xff) {
      at++ // fill byte
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return sized("image/jpeg", view.getUint16(at + 7), view.getUint16(at + 5))
    if (marker === 0xd9 || marker === 0xda) return undefined
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
