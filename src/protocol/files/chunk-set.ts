/** Which chunks of a file are there: one bit each, chunk 0 the lowest bit of byte 0, unused bits zero. */
export class ChunkSet {
  private constructor(
    readonly chunks: number,
    readonly bytes: Uint8Array,
  ) {}

  static empty(chunks: number): ChunkSet {
    return new ChunkSet(chunks, new Uint8Array(Math.ceil(chunks / 8)))
  }

  /** Undefined where the bytes are not a set of so many chunks. */
  static from(chunks: number, bytes: Uint8Array): ChunkSet | undefined {
    if (bytes.length !== Math.ceil(chunks / 8)) return undefined
    const unused = 8 * bytes.length - chunks
    if (unused > 0 && (bytes.at(-1) ?? 0) >> (8 - unused) !== 0) return undefined
    return new ChunkSet(chunks, bytes)
  }

  has(index: number): boolean {
    return index < this.chunks && ((this.bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  add(index: number): void {
    if (index >= this.chunks) throw new RangeError(`chunk ${index} of ${this.chunks}`)
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) | (1 << (index & 7))
  }

  get count(): number {
    let count = 0
    for (let index = 0; index < this.chunks; index++) if (this.has(index)) count++
    return count
  }
}
