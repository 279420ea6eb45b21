import { DEFAULT_ADDRESS } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { R307Link } from "@sourceprint/capture/fingerprint/r307/link.js"
import { encodePacket, type Packet, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { PacketStream } from "@sourceprint/capture/fingerprint/r307/packet-stream.js"
import { MemoryTransport } from "@sourceprint/capture/transport/memory-transport.js"
import { type Log, silentLog } from "@sourceprint/core/log.js"

/** What the module puts on the line for a command, the n-th one it has seen (from 0). */
export type Script = (command: Packet, n: number) => readonly Uint8Array[]

export const ack = (code: number, ...answer: readonly number[]): Uint8Array =>
  encodePacket({ kind: PacketKind.ack, address: DEFAULT_ADDRESS, body: Uint8Array.of(code, ...answer) })

export const data = (body: Uint8Array, last = false): Uint8Array =>
  encodePacket({ kind: last ? PacketKind.endOfData : PacketKind.data, address: DEFAULT_ADDRESS, body })

/** The frame with one bit of its checksum flipped. */
export const damaged = (frame: Uint8Array): Uint8Array => frame.with(frame.length - 1, frame[frame.length - 1] ^ 1)

const SPEED = 115_200

/** A link whose far end says what the script says, with a transfer's deadlines short enough to wait for.
 *  @param commandScale of the commands' deadlines */
export async function scriptedModule(
  script: Script,
  { log = silentLog, commandScale = 1 }: { log?: Log; commandScale?: number } = {},
): Promise<{ readonly link: R307Link; readonly transport: MemoryTransport; readonly commands: Packet[] }> {
  const transport = new MemoryTransport()
  const commands: Packet[] = []
  const heard = new PacketStream()
  transport.far.onBytes = (bytes) => {
    for (const packet of heard.push(bytes)) {
      commands.push(packet)
      for (const frame of script(packet, commands.length - 1)) transport.far.send(frame)
    }
  }
  const deadlines = { packetMs: 30, transferMs: 60, commandScale }
  const link = new R307Link(transport, DEFAULT_ADDRESS, log, deadlines)
  link.baud = SPEED
  await link.open()
  return { link, transport, commands }
}
