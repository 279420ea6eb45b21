import { concat, u32 } from "@sourceprint/core/bytes.js"

/** Limits of a frame's body by stage; checked before a byte of the body is buffered. docs/protocol.md section 1 */
export const FrameLimit = { hello: 256, handshake: 4096, session: 512 * 1024 } as const

export const PREFIX_BYTES = 4

/** frame = length u32 ‖ body */
export const encodeFrame = (body: Uint8Array): Uint8Array<ArrayBuffer> => concat([u32(body.length), body])

/** Cuts frames out of a byte stream. Memory grows with the bytes that arrived, never with the length that was
 *  claimed. */
export class FrameReader {
  private chunks: Uint8Array[] = []
  private size = 0

  /** Bytes that arrived and were not yet taken. */
  get bufferedBytes(): number {
    return this.size
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.chunks.push(chunk)
    this.size += chunk.length
  }

  /** The next frame's body; "more" when it has not all arrived; "broken" when its length is 0 or above `limitBytes`. */
  next(limitBytes: number): Uint8Array | "more" | "broken" {
    if (this.size < PREFIX_BYTES) return "more"
    const prefix = this.peekPrefix()
    const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0)
    if (length === 0 || length > limitBytes) return "broken"
    if (this.size < PREFIX_BYTES + length) return "more"
    const all = this.chunks.length === 1 ? prefix : concat(this.chunks)
    const rest = all.subarray(PREFIX_BYTES + length)
    this.chunks = rest.length === 0 ? [] : [rest]
    this.size = rest.length
    return all.subarray(PREFIX_BYTES, PREFIX_BYTES + length)
  }

  private peekPrefix(): Uint8Array {
    const [first] = this.chunks
    if (first !== undefined && first.length >= PREFIX_BYTES) return first
    const all = concat(this.chunks)
    this.chunks = [all]
    return all
  }
}
