import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js"

/** Byte strings, big-endian throughout. Runs in Node and in the browser: no Buffer. */

export const concat = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => concatBytes(...parts)

export const u16 = (value: number): Uint8Array => {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError(`${value} is not a u16`)
  return Uint8Array.of(value >>> 8, value & 0xff)
}

export const u32 = (value: number): Uint8Array => {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new RangeError(`${value} is not a u32`)
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}

/** A safe non-negative integer as 8 bytes. */
export const u64 = (value: number): Uint8Array => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a safe u64`)
  return concat([u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32)])
}

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** Strict: malformed UTF-8 throws a TypeError. A leading byte order mark is kept. */
export const fromUtf8 = (bytes: Uint8Array): string => strictDecoder.decode(bytes)

export const toHex: (bytes: Uint8Array) => string = bytesToHex

/** Even number of hex digits, either case; anything else is a RangeError. */
export const fromHex: (text: string) => Uint8Array<ArrayBuffer> = hexToBytes

/** Compares without leaking where the difference is; lengths are public. */
export const equalConstantTime = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
