import { hasCode } from "@sourceprint/core/errors.js"
import { decodePacket, type Packet } from "./packet.js"

/** What a stream swallowed that was no packet; any of it means the line is noisy. */
export interface StreamNoise {
  /** Bytes that belonged to no valid frame. */
  readonly skippedBytes: number
  /** Frames with a header but a wrong kind, length or checksum. */
  readonly badFrames: number
  readonly badChecksums: number
}

/** Cuts a byte stream into packets. After a bad frame it continues at the next EF01 behind the bad header, so bytes of
 *  a good frame that a wrong length had claimed are not lost. */
export class PacketStream {
  private pending = new Uint8Array(0)
  private skippedBytes = 0
  private badFrames = 0
  private badChecksums = 0

  /** @param onBadChecksum told of bytes that begin with a whole frame whose checksum is wrong */
  constructor(private readonly onBadChecksum: (bytes: Uint8Array) => void = () => {}) {}

  get noise(): StreamNoise {
    const { skippedBytes, badFrames, badChecksums } = this
    return { skippedBytes, badFrames, badChecksums }
  }

  /** Bytes of a frame that has not ended yet. */
  get pendingBytes(): number {
    return this.pending.length
  }

  push(chunk: Uint8Array): Packet[] {
    const bytes = new Uint8Array(this.pending.length + chunk.length)
    bytes.set(this.pending)
    bytes.set(chunk, this.pending.length)
    const packets: Packet[] = []
    let at = 0
    while (at < bytes.length) {
      try {
        const decoded = decodePacket(bytes.subarray(at))
        if (decoded === undefined) break
        packets.push(decoded.packet)
        at += decoded.sizeBytes
      } catch (error) {
        if (!hasCode(error, "packet/header")) this.badFrames++
        if (hasCode(error, "packet/checksum")) {
          this.badChecksums++
          this.onBadChecksum(bytes.subarray(at))
        }
        const next = bytes.indexOf(0xef, at + 1)
        const resume = next === -1 ? bytes.length : next
        this.skippedBytes += resume - at
        at = resume
      }
    }
    this.pending = bytes.slice(at)
    return packets
  }

  /** Forgets the unfinished frame. */
  reset(): void {
    this.skippedBytes += this.pending.length
    this.pending = new Uint8Array(0)
  }
}
