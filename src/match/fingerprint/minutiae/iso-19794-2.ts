import { AppError } from "@sourceprint/core/errors.js"
import type { RecordFormat } from "../../matcher.js"
import { cylinderCodes } from "./cylinder-codes.js"
import { map, minutiaRules, nominalDpi, size } from "./parameters.js"
import { pointsOf } from "./points.js"
import type { PrintView } from "./print-view.js"
import type { MinutiaeTemplate } from "./template-codec.js"

/** ISO/IEC 19794-2:2005 finger minutiae record, general form, big-endian. Header 24 bytes: "FMR\0", " 20\0", length 4,
 *  capture device 2, width 2, height 2, pixels per cm across 2 and down 2, number of views 1, reserved 1. A view:
 *  finger position 1, view number and impression type 1, quality 1, number of minutiae 1, then 6 bytes each: type (2
 *  bits) and x (14), reserved (2) and y (14), angle in 1/256 turn counter-clockwise from the right, quality (0 = not
 *  reported); then the length of extended data, 2 bytes, and that data. Clause 7 of the standard. */
const identifier = 0x464d5200 // "FMR\0"
const version = 0x20323000 // " 20\0"
const headerBytes = 24
const viewHeaderBytes = 4
const minutiaBytes = 6
const pixelsPerCm = Math.round(nominalDpi / 2.54)
/** A minutia alone tells nothing of the print's outline: the ground this near to one counts as print. */
const groundPx = 40

/** The minutiae of every view as a record. Ridge maps have no place in it: a record compares less well than the
 *  template it came from. `fingerPosition`: table 2 of the standard. */
export function encodeIsoRecord(
  template: MinutiaeTemplate,
  { fingerPosition = 0 }: { readonly fingerPosition?: number } = {},
): Uint8Array {
  const { views } = template
  const width = Math.max(...views.map((view) => view.width))
  const height = Math.max(...views.map((view) => view.height))
  const minutiae = views.reduce((sum, view) => sum + view.x.length, 0)
  const length = headerBytes + views.length * (viewHeaderBytes + 2) + minutiae * minutiaBytes
  const bytes = new Uint8Array(length)
  const out = new DataView(bytes.buffer)
  out.setUint32(0, identifier)
  out.setUint32(4, version)
  out.setUint32(8, length)
  out.setUint16(14, width)
  out.setUint16(16, height)
  out.setUint16(18, pixelsPerCm)
  out.setUint16(20, pixelsPerCm)
  out.setUint8(22, views.length)
  let at = headerBytes
  for (const [number, view] of views.entries()) {
    out.setUint8(at, fingerPosition)
    out.setUint8(at + 1, number << 4) // impression type 0: live-scan plain
    out.setUint8(at + 2, view.quality)
    out.setUint8(at + 3, view.x.length)
    at += viewHeaderBytes
    for (let m = 0; m < view.x.length; m++) {
      out.setUint16(at, (view.kind[m] << 14) | Math.min(view.width - 1, Math.round(view.x[m] / 4)))
      out.setUint16(at + 2, Math.min(view.height - 1, Math.round(view.y[m] / 4)))
      out.setUint8(at + 4, (256 - Math.round(view.angle[m] / 256)) & 0xff) // y points up there
      out.setUint8(at + 5, 1 + Math.round((view.trust[m] / 255) * 99))
      at += minutiaBytes
    }
    at += 2 // no extended data
  }
  return bytes
}

/** Any record of this version -> a template without ridge maps, at 500 dpi. Views of different finger positions are an
 *  error: a template is one finger. @throws AppError "match/iso-record" */
export function decodeIsoRecord(bytes: Uint8Array): MinutiaeTemplate {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerBytes) throw broken("it is shorter than its header")
  if (input.getUint32(0) !== identifier || input.getUint32(4) !== version) {
    throw broken("it does not start with FMR and version 20")
  }
  if (input.getUint32(8) !== bytes.length) {
    throw broken(`its header says ${input.getUint32(8)} bytes, there are ${bytes.length}`)
  }
  const scaleX = pixelsPerCm / input.getUint16(18)
  const scaleY = pixelsPerCm / input.getUint16(20)
  const width = Math.round(input.getUint16(14) * scaleX)
  const height = Math.round(input.getUint16(16) * scaleY)
  const inRange = (side: number): boolean => side >= size.minSidePx && side <= size.maxSidePx
  if (!inRange(width) || !inRange(height)) throw broken(`a print of ${width} × ${height} pixels at 500 dpi`)
  const views: PrintView[] = []
  let position: number | undefined
  let at = headerBytes
  for (let number = 0; number < input.getUint8(22); number++) {
    if (at + viewHeaderBytes > bytes.length) throw broken("a view is cut off")
    const finger = input.getUint8(at)
    if (position !== undefined && finger !== position) throw broken("it holds more than one finger")
    position = finger
    const quality = Math.min(100, input.getUint8(at + 2))
    const count = input.getUint8(at + 3)
    const first = at + viewHeaderBytes
    const end = first + count * minutiaBytes
    if (end + 2 > bytes.length) throw broken("a view is cut off")
    const found = readMinutiae(input, first, count, scaleX, scaleY, width, height)
    views.push(viewOf(found, width, height, quality))
    at = end + 2 + input.getUint16(end)
  }
  if (at !== bytes.length || views.length === 0) throw broken("its views do not fill it")
  return { views }
}

export const isoRecords: RecordFormat<MinutiaeTemplate> = {
  name: "ISO/IEC 19794-2:2005",
  extension: ".fmr",
  loses: "the ridges between the minutiae: a record compares less well than its image",
  encode: encodeIsoRecord,
  decode: decodeIsoRecord,
  describe: ({ views }) =>
    views.map(({ width, height, x }) => `${x.length} minutiae on ${width} × ${height} px`).join("; "),
}

const broken = (what: string): AppError =>
  new AppError("match/iso-record", `unreadable ISO/IEC 19794-2 record: ${what}`)

interface FoundMinutia {
  readonly x: number
  readonly y: number
  readonly angle: number
  readonly kind: number
  readonly trust: number
}

/** In quarter pixels at 500 dpi and 1/65536 turn, the most trusted `maxCount`. */
function readMinutiae(
  input: DataView,
  first: number,
  count: number,
  scaleX: number,
  scaleY: number,
  width: number,
  height: number,
): FoundMinutia[] {
  return Array.from({ length: count }, (_, m) => {
    const at = first + m * minutiaBytes
    const typeAndX = input.getUint16(at)
    const x = Math.round((typeAndX & 0x3fff) * scaleX * 4)
    const y = Math.round((input.getUint16(at + 2) & 0x3fff) * scaleY * 4)
    if (x >= width * 4 || y >= height * 4) throw broken("a minutia lies outside the image")
    const reported = Math.min(100, input.getUint8(at + 5))
    return {
      x,
      y,
      angle: ((256 - input.getUint8(at + 4)) & 0xff) * 256,
      kind: typeAndX >>> 14 === 2 ? 2 : 1,
      trust: reported === 0 ? 128 : Math.round(((reported - 1) / 99) * 255),
    }
  })
    .sort((p, q) => q.trust - p.trust)
    .slice(0, minutiaRules.maxCount)
}

function viewOf(found: readonly FoundMinutia[], width: number, height: number, quality: number): PrintView {
  const cols = Math.ceil(width / map.cellPx)
  const rows = Math.ceil(height / map.cellPx)
  const isGround = (px: number, py: number): boolean =>
    px >= 0 &&
    py >= 0 &&
    px < width &&
    py < height &&
    found.some((m) => (m.x / 4 - px) ** 2 + (m.y / 4 - py) ** 2 <= groundPx ** 2)
  const period = Uint8Array.from({ length: cols * rows }, (_, cell) => {
    const x = ((cell % cols) + 0.5) * map.cellPx
    const y = (Math.floor(cell / cols) + 0.5) * map.cellPx
    return isGround(x, y) ? 90 : 0
  })
  const columns = {
    width,
    height,
    quality,
    x: Uint16Array.from(found, (m) => m.x),
    y: Uint16Array.from(found, (m) => m.y),
    angle: Uint16Array.from(found, (m) => m.angle),
    kind: Uint8Array.from(found, (m) => m.kind),
    trust: Uint8Array.from(found, (m) => m.trust),
    cols,
    rows,
    orientation: new Uint8Array(cols * rows),
    period,
    ridgeCols: 0,
    ridgeRows: 0,
    ridges: new Int32Array(0),
  }
  const points = pointsOf(columns)
  return { ...columns, codes: cylinderCodes(points.x, points.y, points.angle, isGround) }
}
