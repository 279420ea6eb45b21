/** Netpbm: grey P2 (text) and P5 (binary), colour P3 and P6, up to 16 bits a sample.
 *  Source: Netpbm, pgm(5) and ppm(5). */
import { AppError } from "../errors.js"
import type { DecodedImage } from "./decoded-image.js"
import { requireSaneSize } from "./image-limits.js"

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

const isLineEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d

/** Reads decimal numbers between white space and `#` comments. */
class NumberReader {
  constructor(
    private readonly bytes: Uint8Array,
    public offset: number,
  ) {}

  next(what: string): number {
    const { bytes } = this
    for (;;) {
      while (this.offset < bytes.length && isSpace(bytes[this.offset])) this.offset++
      if (bytes[this.offset] !== 0x23) break
      while (this.offset < bytes.length && !isLineEnd(bytes[this.offset])) this.offset++
    }
    let value = 0
    const start = this.offset
    while (this.offset < bytes.length && bytes[this.offset] >= 0x30 && bytes[this.offset] <= 0x39) {
      value = value * 10 + bytes[this.offset++] - 0x30
      if (value > 1e9) throw new AppError("image/pgm", `${what} is out of range`)
    }
    if (this.offset === start) throw new AppError("image/pgm", `${what} is missing at byte ${start}`)
    return value
  }
}

/** P2, P3, P5 or P6 at the start of `bytes`. */
export const isPgm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && [0x32, 0x33, 0x35, 0x36].includes(bytes[1] ?? 0)

/** @throws AppError "image/pgm" or "image/size" with the reason */
export function decodePgm(bytes: Uint8Array): DecodedImage {
  const kind = bytes[1] - 0x30
  if (!isPgm(bytes)) throw new AppError("image/pgm", "not P2, P3, P5 or P6")
  const reader = new NumberReader(bytes, 2)
  const width = reader.next("width")
  const height = reader.next("height")
  const maxval = reader.next("largest value")
  requireSaneSize(width, height)
  if (maxval < 1 || maxval > 65535) throw new AppError("image/pgm", `largest value ${maxval} is not in 1..65535`)
  const colour = kind === 3 || kind === 6
  const pixels = new Uint8Array(width * height * (colour ? 3 : 1))
  const scale = (sample: number): number => {
    if (sample > maxval) throw new AppError("image/pgm", `sample ${sample} is above the largest value ${maxval}`)
    return Math.round((sample * 255) / maxval)
  }
  let start = 0
  if (kind <= 3) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = scale(reader.next(`sample ${i + 1} of ${pixels.length}`))
  } else {
    const sampleBytes = maxval > 255 ? 2 : 1
    const rasterBytes = pixels.length * sampleBytes
    start = reader.offset + 1
    // Programs of Windows end the header with CR LF: the raster is then one byte further on, the file a byte longer.
    const lineEnd = bytes[start - 1] === 0x0d && bytes[start] === 0x0a
    if (lineEnd && start + 1 + rasterBytes === bytes.length) start++
    if (start + rasterBytes > bytes.length) {
      throw new AppError("image/pgm", `its header promises ${start + rasterBytes} bytes, the file has ${bytes.length}`)
    }
    for (let i = 0; i < pixels.length; i++) {
      const at = start + i * sampleBytes
      pixels[i] = scale(sampleBytes === 2 ? bytes[at] * 256 + bytes[at + 1] : bytes[at])
    }
  }
  const end = kind <= 3 ? reader.offset : start + pixels.length * (maxval > 255 ? 2 : 1)
  const file = { format: "pgm", bitsPerSample: Math.max(8, Math.ceil(Math.log2(maxval + 1))) } as const
  const notes = isPgm(bytes.subarray(end)) ? ["it holds several images: the first is read"] : []
  const image = { width, height, pixels }
  return colour ? { ...file, notes, channels: 3, image } : { ...file, notes, channels: 1, image }
}
