/** A second, independent BMP writer for every layout that the reader takes. `pixels` are palette indices (bits <= 8)
 *  or RGB triples. */
export interface BmpSpec {
  readonly width: number
  readonly height: number
  readonly bits: 1 | 4 | 8 | 24 | 32
  readonly pixels: Uint8Array
  readonly palette?: readonly (readonly [number, number, number])[]
  readonly topDown?: boolean
  readonly core?: boolean
}

export function writeBmp(spec: BmpSpec): Uint8Array {
  const { width, height, bits, palette = [] } = spec
  const out: number[] = []
  const le = (value: number, size: number): void => {
    for (let i = 0; i < size; i++) out.push(Math.floor(value / 256 ** i) & 0xff)
  }
  const headerBytes = spec.core ? 12 : 40
  const entryBytes = spec.core ? 3 : 4
  const stride = Math.ceil((width * bits) / 32) * 4
  const offset = 14 + headerBytes + palette.length * entryBytes
  out.push(0x42, 0x4d)
  le(offset + stride * height, 4)
  le(0, 4)
  le(offset, 4)
  le(headerBytes, 4)
  if (spec.core) {
    le(width, 2)
    le(height, 2)
    le(1, 2)
    le(bits, 2)
  } else {
    le(width, 4)
    le(spec.topDown ? 2 ** 32 - height : height, 4)
    le(1, 2)
    le(bits, 2)
    le(0, 4)
    le(stride * height, 4)
    le(19685, 4)
    le(19685, 4)
    le(palette.length, 4)
    le(0, 4)
  }
  for (const [r, g, b] of palette) out.push(b, g, r, ...(spec.core ? [] : [0]))
  for (let row = 0; row < height; row++) {
    const y = spec.topDown ? row : height - 1 - row
    let text = ""
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      if (bits <= 8) text += spec.pixels[at].toString(2).padStart(bits, "0")
      else {
        const [r, g, b] = spec.pixels.subarray(at * 3, at * 3 + 3)
        for (const byte of bits === 32 ? [b, g, r, 0] : [b, g, r]) text += byte.toString(2).padStart(8, "0")
      }
    }
    text = text.padEnd(stride * 8, "0")
    for (let i = 0; i < text.length; i += 8) out.push(Number.parseInt(text.slice(i, i + 8), 2))
  }
  return Uint8Array.from(out)
}
