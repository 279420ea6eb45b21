/** Netpbm: grey P2 (text) and P5 (binary), colour P3 and P6, up to 16 bits a sample.
 *  Source: Netpbm, pgm(5) and ppm(5). */
import { AppError } from "../errors.js"
import type { DecodedImage } from "./decoded-image.js"
import { requireSaneSize } from "./image-limits.js"

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

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
      while (this.offset < bytes.length && bytes[this.offset] !== 0x0a) this.offset++
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

/** @throws AppError "image/pgm" or "image/size" with the reason */
export function decodePgm(bytes: Uint8Array): DecodedImage {
  const kind = bytes[1] - 0x30
  if (bytes[0] !== 0x50 || ![2, 3, 5, 6].includes(kind)) throw new AppError("image/pgm", "not P2, P3, P5 or P6")
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
  if (kind <= 3) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = scale(reader.next(`sample ${i + 1} of ${pixels.length}`))
  } else {
    const sampleBytes = maxval > 255 ? 2 : 1
    const start = reader.offset + 1
    if (start + pixels.length * sampleBytes > bytes.length) {
      throw new AppError(
        "image/pgm",
        `its header promises ${start + pixels.length * sampleBytes} bytes, the file has ${bytes.length}`,
      )
    }
    for (let i = 0; i < pixels.length; i++) {
      const at = start + i * sampleBytes
      pixels[i] = scale(sampleBytes === 2 ? bytes[at] * 256 + bytes[at + 1] : bytes[at])
    }
  }
  const bitsPerSample = maxval > 255 ? 16 : 8
  const image = { width, height, pixels }
  return colour
    ? { format: "pgm", bitsPerSample, channels: 3, image }
    : { format: "pgm", bitsPerSample, channels: 1, image }
}
