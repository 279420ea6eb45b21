import type { Rng } from "@sourceprint/core/rng.js"
import { ByteReader } from "@sourceprint/protocol/byte-reader.js"
import type { Field } from "@sourceprint/protocol/codec.js"

/** Makes up what it is asked for instead of reading it, so that a field's own description says what its values are.
 *  Sizes and counts are mostly small, texts mostly such as names and ids are made of. */
class InventingReader extends ByteReader {
  private made = 0

  constructor(
    private readonly rng: Rng,
    private readonly codes: readonly number[],
  ) {
    super(new Uint8Array(0))
  }

  private upTo(most: number): number {
    this.require(++this.made < 300) // no long list
    return this.rng.below(this.rng.float() < 0.8 ? Math.min(10, most) : most)
  }

  override u8(): number {
    return this.rng.float() < 0.3 ? this.rng.pick(this.codes) : this.upTo(256)
  }
  override u16(): number {
    return this.upTo(2 ** 16)
  }
  override u32(): number {
    return this.upTo(2 ** 32)
  }
  override u64(): number {
    return this.upTo(Number.MAX_SAFE_INTEGER)
  }
  override f64(): number {
    return this.rng.between(-5, 10 ** this.rng.below(12))
  }

  override fixed(sizeBytes: number): Uint8Array<ArrayBuffer> {
    this.require(sizeBytes <= 400)
    const letters = this.rng.pick(["0123456789", "abcdefghijklmnopqrstuvwxyz", "Ada -", ""])
    return Uint8Array.from({ length: this.isBroken ? 0 : sizeBytes }, () =>
      letters === "" ? this.rng.below(256) : letters.charCodeAt(this.rng.below(letters.length)),
    )
  }
  override rest(): Uint8Array {
    return this.fixed(this.rng.below(20))
  }

  override within<T>(_sizeBytes: number, read: (inner: ByteReader) => T): T {
    return read(this)
  }
}

/** A value of that field. @param codes bytes that stand for something somewhere in it */
export function invent<T>(field: Field<T>, rng: Rng, codes: readonly number[] = [0]): T {
  for (let tries = 0; tries < 1_000_000; tries++) {
    const reader = new InventingReader(rng, codes)
    const value = field.read(reader)
    if (!reader.isBroken) return value
  }
  throw new Error("nothing can be made up for this field")
}
