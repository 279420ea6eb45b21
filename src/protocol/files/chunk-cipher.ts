import { concat, u32, utf8 } from "@sourceprint/core/bytes.js"
import type { Aead, CryptoProvider } from "../crypto-provider.js"
import { CHUNK_OVERHEAD_BYTES } from "./chunk-layout.js"

const NONCE_BYTES = 12
const LABEL = utf8("sourceprint/1 file chunk")

/** Seals the chunks of one file, each for its place (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
 *  CRYPTO 2015, with the position in the associated data): a chunk opens only under this key, for this file, at this
 *  index, and as the last chunk only where it was sealed as the last. So a file that was cut, extended, reordered or
 *  mixed from others does not open. The nonce is random and travels in front: a file that changed on the disk between
 *  an upload and its resumption must not put a second plaintext under a nonce, as a counter would. */
export class ChunkCipher {
  private constructor(
    private readonly crypto: CryptoProvider,
    private readonly aead: Aead,
    private readonly fileId: Uint8Array,
  ) {}

  /** @param fileId 16 bytes @param key 32 bytes, of this file alone */
  static async create(crypto: CryptoProvider, fileId: Uint8Array, key: Uint8Array): Promise<ChunkCipher> {
    if (fileId.length !== 16 || key.length !== 32) throw new RangeError("a file has a 16-byte id, a 32-byte key")
    return new ChunkCipher(crypto, await crypto.aead(key), fileId)
  }

  /** @returns nonce 12 ‖ ciphertext ‖ tag 16 */
  async seal(index: number, last: boolean, plain: Uint8Array): Promise<Uint8Array> {
    const nonce = this.crypto.randomBytes(NONCE_BYTES)
    return concat([nonce, await this.aead.seal(nonce, plain, this.place(index, last))])
  }

  /** The plaintext, or undefined for a chunk that is not this one. */
  open(index: number, last: boolean, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    if (sealed.length < CHUNK_OVERHEAD_BYTES) return Promise.resolve(undefined)
    const nonce = sealed.subarray(0, NONCE_BYTES)
    return this.aead.open(nonce, sealed.subarray(NONCE_BYTES), this.place(index, last))
  }

  private place(index: number, last: boolean): Uint8Array {
    return concat([LABEL, this.fileId, u32(index), Uint8Array.of(last ? 1 : 0)])
  }
}
