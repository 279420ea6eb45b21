import { concat, u16, u32, utf8 } from "@sourceprint/core/bytes.js"
import { canonicalName, isId } from "./account-name.js"
import type { ByteReader } from "./byte-reader.js"

/** The kinds of field that messages are made of. docs/protocol.md, first paragraph */
export const u8 = (value: number): Uint8Array => {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError(`${value} is not a u8`)
  return Uint8Array.of(value)
}
export const blob16 = (bytes: Uint8Array): Uint8Array => concat([u16(bytes.length), bytes])
export const blob32 = (bytes: Uint8Array): Uint8Array => concat([u32(bytes.length), bytes])

/** At most 255 bytes of UTF-8. */
export const str8 = (text: string): Uint8Array => {
  const bytes = utf8(text)
  if (bytes.length > 255) throw new RangeError("a str8 holds at most 255 bytes")
  return concat([u8(bytes.length), bytes])
}

/** IEEE 754 double, big-endian. */
export const f64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value)
  return bytes
}

export function readId(reader: ByteReader): string {
  const id = reader.str8()
  reader.require(isId(id))
  return id
}

/** Only the canonical form travels, so that one name has one spelling in every signature and transcript. */
export function readName(reader: ByteReader): string {
  const name = reader.str8()
  reader.require(canonicalName(name) === name)
  return name
}
