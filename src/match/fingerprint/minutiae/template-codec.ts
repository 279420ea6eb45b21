import { AppError } from "@sourceprint/core/errors.js"
import type { TemplateCodec } from "../../matcher.js"
import { wordsPerCode, wordsPerSection } from "./cylinder-codes.js"
import { map, minutiaRules, size } from "./parameters.js"
import { hasRidges, type PrintView, ridgeWordsPerRow } from "./print-view.js"

/** One reference or probe: one view an image. */
export interface MinutiaeTemplate {
  readonly views: readonly PrintView[]
}

const magic = 0x53504d54 // "SPMT"
const version = 1
const maxViews = 16

/** "SPMT", version u8, views u8; a view: width u16, height u16, quality u8, count u8, ridges u8 (1 where they
 *  follow), then a minutia each x u16, y u16
 *  (quarter pixels), angle u16 (1/65536 turn), kind u8, trust u8, code 12 × u32, validity 2 × u32; then the maps, one
 *  byte a cell: orientation, period; then the ridge picture's words. Big-endian. */
export const minutiaeTemplateCodec: TemplateCodec<MinutiaeTemplate> = {
  version,
  encode({ views }) {
    const writer = new Writer(6 + views.reduce((sum, view) => sum + viewBytes(view), 0))
    writer.u32(magic)
    writer.u8(version)
    writer.u8(views.length)
    for (const view of views) writeView(writer, view)
    return writer.bytes
  },
  decode(bytes) {
    const reader = new Reader(bytes)
    if (reader.u32() !== magic) throw damaged("these bytes are not a minutiae template")
    const found = reader.u8()
    if (found !== version)
      throw damaged(`the template has version ${found}, this program reads ${version}: enrol again`)
    const count = reader.u8()
    if (count < 1 || count > maxViews) throw damaged(`${count} views`)
    const views = Array.from({ length: count }, () => readView(reader))
    if (!reader.atEnd) throw damaged("bytes are left over")
    return { views }
  },
}

const damaged = (what: string): AppError => new AppError("match/template", `unreadable template: ${what}`)

const mapSide = (pixels: number): number => Math.ceil(pixels / map.cellPx)
const ridgeSide = (pixels: number): number => Math.floor(pixels / map.ridgeStepPx)

function viewBytes({ width, height, x: { length: count }, ridges: { length: words } }: PrintView): number {
  return 7 + count * (8 + 4 * (wordsPerCode + wordsPerSection)) + 2 * mapSide(width) * mapSide(height) + 4 * words
}

function writeView(writer: Writer, view: PrintView): void {
  writer.u16(view.width)
  writer.u16(view.height)
  writer.u8(view.quality)
  writer.u8(view.x.length)
  writer.u8(hasRidges(view) ? 1 : 0)
  for (const column of [view.x, view.y, view.angle]) for (const value of column) writer.u16(value)
  for (const column of [view.kind, view.trust]) for (const value of column) writer.u8(value)
  for (const column of [view.codes.bits, view.codes.valid]) for (const value of column) writer.u32(value >>> 0)
  for (const column of [view.orientation, view.period]) for (const value of column) writer.u8(value)
  for (const value of view.ridges) writer.u32(value >>> 0)
}

function readView(reader: Reader): PrintView {
  const width = reader.u16()
  const height = reader.u16()
  const quality = reader.u8()
  const count = reader.u8()
  const withRidges = reader.u8()
  if (Math.min(width, height) < size.minSidePx || Math.max(width, height) > size.maxSidePx) {
    throw damaged(`a print of ${width} × ${height}`)
  }
  if (quality > 100 || withRidges > 1 || count > minutiaRules.maxCount)
    throw damaged("quality or number of minutiae out of range")
  const [x, y, angle] = Array.from({ length: 3 }, () => Uint16Array.from({ length: count }, () => reader.u16()))
  const [kind, trust] = Array.from({ length: 2 }, () => Uint8Array.from({ length: count }, () => reader.u8()))
  if (x.some((v) => v >= width * 4) || y.some((v) => v >= height * 4)) throw damaged("a minutia lies outside")
  const bits = Int32Array.from({ length: count * wordsPerCode }, () => reader.u32())
  const valid = Int32Array.from({ length: count * wordsPerSection }, () => reader.u32())
  const cols = mapSide(width)
  const rows = mapSide(height)
  const [orientation, period] = Array.from({ length: 2 }, () =>
    Uint8Array.from({ length: cols * rows }, () => reader.u8()),
  )
  const ridgeCols = withRidges * ridgeSide(width)
  const ridgeRows = withRidges * ridgeSide(height)
  const ridges = Int32Array.from({ length: ridgeWordsPerRow(ridgeCols) * ridgeRows }, () => reader.u32())
  const maps = { cols, rows, orientation, period, ridgeCols, ridgeRows, ridges }
  return { width, height, quality, x, y, angle, kind, trust, codes: { bits, valid }, ...maps }
}

class Writer {
  readonly bytes: Uint8Array
  private readonly view: DataView
  private at = 0
  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes)
    this.view = new DataView(this.bytes.buffer)
  }
  u8(value: number): void {
    this.view.setUint8(this.at++, value)
  }
  u16(value: number): void {
    this.view.setUint16(this.at, value)
    this.at += 2
  }
  u32(value: number): void {
    this.view.setUint32(this.at, value)
    this.at += 4
  }
}

class Reader {
  private readonly view: DataView
  private at = 0
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  private advance(count: number): number {
    const start = this.at
    if (start + count > this.view.byteLength) throw damaged("it is cut short")
    this.at += count
    return start
  }
  u8(): number {
    return this.view.getUint8(this.advance(1))
  }
  u16(): number {
    return this.view.getUint16(this.advance(2))
  }
  u32(): number {
    return this.view.getUint32(this.advance(4))
  }
  get atEnd(): boolean {
    return this.at === this.view.byteLength
  }
}
