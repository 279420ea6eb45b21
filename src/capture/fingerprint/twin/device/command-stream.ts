import { type Packet, PacketKind } from "../../r307/packet.js"
import { PacketStream } from "../../r307/packet-stream.js"

/** Bytes that come further apart than this may belong to two hosts, the first of which died within a frame. */
const GAP_MS = 200
const ADDRESS_OFFSET = 2
const KIND_OFFSET = 6
const INSTRUCTION_OFFSET = 9

/** A command whose checksum is wrong. */
export interface SpoiledCommand {
  readonly address: number
  readonly instruction: number
}

/** Cuts what a host sends into packets. A command is complete when its bytes are, however slowly they come. A gap ends
 *  a frame only where the bytes behind it are a whole packet of their own. */
export class CommandStream {
  private spoiled: SpoiledCommand | undefined
  private stream = this.newStream()
  /** Hears what came behind the first gap in the frame that is still incomplete. */
  private behindGap: PacketStream | undefined
  private lastByteMs = Number.NEGATIVE_INFINITY

  /** @param nowMs when the bytes came, on a clock that does not jump
   *  @returns the packets that are complete now; `spoiled` where the bytes ended a command of wrong checksum instead */
  push(bytes: Uint8Array, nowMs: number): { readonly packets: readonly Packet[]; readonly spoiled?: SpoiledCommand } {
    this.spoiled = undefined
    if (this.stream.pendingBytes > 0 && nowMs - this.lastByteMs > GAP_MS) this.behindGap ??= this.newStream()
    this.lastByteMs = nowMs
    const packets = this.stream.push(bytes)
    const own = this.behindGap?.push(bytes) ?? []
    if (packets.length > 0 || this.stream.pendingBytes === 0) this.behindGap = undefined
    else if (own.length > 0 && this.behindGap !== undefined) {
      this.stream = this.behindGap
      this.behindGap = undefined
      return { packets: own }
    }
    return packets.length > 0 || this.spoiled === undefined ? { packets } : { packets, spoiled: this.spoiled }
  }

  private newStream(): PacketStream {
    return new PacketStream((bytes) => {
      if (bytes[KIND_OFFSET] !== PacketKind.command) return
      const address = new DataView(bytes.buffer, bytes.byteOffset).getUint32(ADDRESS_OFFSET)
      this.spoiled = { address, instruction: bytes[INSTRUCTION_OFFSET] ?? 0 }
    })
  }
}
