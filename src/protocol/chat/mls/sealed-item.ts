import { concat, fromHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { decodeGroupState, decodeMlsMessage, type GroupState, type MLSMessage, zeroOutUint8Array } from "ts-mls"

export const unreadable = (why: string, cause?: unknown): AppError => new AppError("chat/unreadable", why, { cause })

/** What a sealed item is bound to: neither its room nor its id can be swapped by the server. */
export const boundTo = (roomId: string, itemId: string): Uint8Array => concat([fromHex(roomId), fromHex(itemId)])

export const zero = (values: readonly (Uint8Array | undefined)[]): void => {
  for (const value of values) if (value !== undefined) zeroOutUint8Array(value)
}

/** The whole of the bytes as one value, or undefined: the library's decoders throw at some malformed bytes, return
 *  nothing at others, and leave a rest unread. */
const whole = <T>(decode: () => [T, number] | undefined, sizeBytes: number): T | undefined => {
  try {
    const [value, used] = decode() ?? []
    return used === sizeBytes ? value : undefined
  } catch {
    return undefined
  }
}

export const decodeMls = (bytes: Uint8Array): MLSMessage | undefined =>
  whole(() => decodeMlsMessage(bytes, 0), bytes.length)

/** The decoded state shares memory with a copy of the bytes: zeroing its keys leaves the given bytes alone. */
export const decodeState = (bytes: Uint8Array): GroupState | undefined =>
  whole(() => decodeGroupState(Uint8Array.from(bytes), 0), bytes.length)
