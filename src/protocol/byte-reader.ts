import { fromUtf8 } from "@sourceprint/core/bytes.js"

/** Undefined for bytes that are no well-formed UTF-8. A leading byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return fromUtf8(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Reads fields off a message. A field that is not there makes the reader `broken` and yields empty values from then
 *  on, so that a decoder reads all its fields and asks once, in `finish`. */
export class ByteReader {
  private readonly view: DataView
  private at = 0
  private broken = false

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The offset of the field `sizeBytes` long that comes next, or undefined. */
  private take(sizeBytes: number): number | undefined {
    if (this.broken || sizeBytes > this.bytes.length - this.at) {
      this.broken = true
      return undefined
    }
    this.at += sizeBytes
    return this.at - sizeBytes
  }

  u8(): number {
    const at = this.take(1)
    return at === undefined ? 0 : this.view.getUint8(at)
  }

  u16(): number {
    const at = this.take(2)
    return at === undefined ? 0 : this.view.getUint16(at)
  }

  u32(): number {
    const at = this.take(4)
    return at === undefined ? 0 : this.view.getUint32(at)
  }

  /** Integers above 2^53 - 1 are refused. */
  u64(): number {
    const at = this.take(8)
    if (at === undefined) return 0
    const value = this.view.getBigUint64(at)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.broken = true
    return Number(value)
  }

  /** IEEE 754 double. */
  f64(): number {
    const at = this.take(8)
    return at === undefined ? 0 : this.view.getFloat64(at)
  }

  /** True once a field was missing or out of range: a loop over a count that lies ends. */
  get isBroken(): boolean {
    return this.broken
  }

  /** A copy, so that a small field does not keep a large frame in memory. */
  fixed(sizeBytes: number): Uint8Array<ArrayBuffer> {
    const at = this.take(sizeBytes)
    return at === undefined ? new Uint8Array(0) : this.bytes.slice(at, at + sizeBytes)
  }

  /** Everything that is left, as a view. */
  rest(): Uint8Array {
    const at = this.take(this.bytes.length - this.at)
    return at === undefined ? new Uint8Array(0) : this.bytes.subarray(at)
  }

  /** What `read` makes of the next `sizeBytes`, which it has to use up. */
  within<T>(sizeBytes: number, read: (inner: ByteReader) => T): T {
    const at = this.take(sizeBytes) ?? this.at
    const inner = new ByteReader(this.bytes.subarray(at, this.at))
    const value = read(inner)
    this.require(inner.finish(true) === true)
    return value
  }

  /** A value outside its range makes the message malformed. */
  require(condition: boolean): void {
    if (!condition) this.broken = true
  }

  /** The value, if every field was there and no byte is left over. */
  finish<T>(value: T): T | undefined {
    return this.broken || this.at !== this.bytes.length ? undefined : value
  }
}
