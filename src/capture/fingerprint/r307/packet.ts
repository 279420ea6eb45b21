/** R307 frame, big-endian: header 2, address 4, kind 1, length 2, body n, checksum 2 (bytes). `length` counts body and
 *  checksum; the checksum is the sum of kind, length and body modulo 65536, so address and header are not covered and
 *  two flips that cancel out are not seen. Source: R307 user manual v1.20, "data package format". */
import { concat, u16, u32 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"

export const PacketKind = { command: 0x01, data: 0x02, ack: 0x07, endOfData: 0x08 } as const
export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind]

export interface Packet {
  readonly kind: PacketKind
  readonly address: number
  readonly body: Uint8Array
}

/** Bytes of a frame around its body. */
const FRAME_OVERHEAD_BYTES = 11
/** The largest packet the device can be set to. A longer `length` is noise, and waiting for it would stall the line. */
const MAX_BODY_BYTES = 256
const HEADER = 0xef01
const BODY_OFFSET = 9

const isKind = (kind: number): kind is PacketKind =>
  kind === PacketKind.command || kind === PacketKind.data || kind === PacketKind.ack || kind === PacketKind.endOfData

/** Sum of bytes modulo 65536. */
export function sum16(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum += byte
  return sum & 0xffff
}

/** @throws RangeError for a body of more than 256 bytes */
export function encodePacket({ kind, address, body }: Packet): Uint8Array<ArrayBuffer> {
  if (body.length > MAX_BODY_BYTES) throw new RangeError(`a body of ${body.length} bytes does not fit a packet`)
  const summed = concat([Uint8Array.of(kind), u16(body.length + 2), body])
  return concat([u16(HEADER), u32(address), summed, u16(sum16(summed))])
}

/** The packet at the start of `bytes`; undefined when more bytes are needed. The body is a copy.
 *  @throws AppError "packet/header" | "packet/kind" | "packet/length" | "packet/checksum" */
export function decodePacket(bytes: Uint8Array): { packet: Packet; sizeBytes: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 1 && bytes[0] !== HEADER >>> 8) throw headerError()
  if (bytes.length >= 2 && bytes[1] !== (HEADER & 0xff)) throw headerError()
  if (bytes.length < BODY_OFFSET) return undefined
  const kind = view.getUint8(6)
  if (!isKind(kind)) throw new AppError("packet/kind", `a frame of unknown kind ${kind}`)
  const length = view.getUint16(7)
  if (length < 2 || length > MAX_BODY_BYTES + 2) throw new AppError("packet/length", `a frame of length ${length}`)
  const bodyEnd = BODY_OFFSET + length - 2
  if (bytes.length < bodyEnd + 2) return undefined
  if (sum16(bytes.subarray(6, bodyEnd)) !== view.getUint16(bodyEnd)) {
    throw new AppError("packet/checksum", "a frame whose checksum is wrong")
  }
  const body = bytes.slice(BODY_OFFSET, bodyEnd)
  return { packet: { kind, address: view.getUint32(2), body }, sizeBytes: bodyEnd + 2 }
}

const headerError = (): AppError => new AppError("packet/header", "a frame that does not begin with EF01")

/** A payload cut into data packets of `packetSizeBytes`; the last one is of kind end-of-data. */
export function dataPackets(payload: Uint8Array, address: number, packetSizeBytes: number): Packet[] {
  const count = Math.max(1, Math.ceil(payload.length / packetSizeBytes))
  return Array.from({ length: count }, (_, i) => ({
    kind: i === count - 1 ? PacketKind.endOfData : PacketKind.data,
    address,
    body: payload.slice(i * packetSizeBytes, (i + 1) * packetSizeBytes),
  }))
}

/** Time a payload takes on the line, milliseconds: 11 bytes of frame a packet, 10 bits a byte (8N1). */
export function payloadLineTimeMs(payloadBytes: number, packetSizeBytes: number, baud: number): number {
  const packets = Math.max(1, Math.ceil(payloadBytes / packetSizeBytes))
  return ((payloadBytes + packets * FRAME_OVERHEAD_BYTES) * 10_000) / baud
}
