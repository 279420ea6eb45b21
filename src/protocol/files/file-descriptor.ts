import { utf8 } from "@sourceprint/core/bytes.js"
import { blob16, fixed, mapped, struct, text, u64, type Values, where, whole } from "../codec.js"
import { MAX_FILE_BYTES } from "./chunk-layout.js"

const MAX_NAME_BYTES = 255
const TYPE = /^(?:[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*)?$/

/** The type as far as it is one: lower case, without parameters; "" for anything else. */
export function plainType(type: string): string {
  const plain = type.replace(/;.*/s, "").trim().toLowerCase()
  return plain.length <= 127 && TYPE.test(plain) ? plain : ""
}

/** The name cut to what a descriptor holds, never in the middle of a character. */
export function shortName(name: string): string {
  let short = ""
  let sizeBytes = 0
  for (const character of name) {
    sizeBytes += utf8(character).length
    if (sizeBytes > MAX_NAME_BYTES) break
    short += character
  }
  return short
}

/** Written in the form that `clean` gives it; read in no other. */
const cleaned = (clean: (text: string) => string) =>
  mapped(text(blob16), clean, (read) => (clean(read) === read ? read : undefined))

const descriptorFields = {
  /** Random. */
  fileId: fixed(16),
  /** Random, of this file alone. */
  key: fixed(32),
  /** Of the whole plaintext. */
  sha256: fixed(32),
  sizeBytes: where(u64, (sizeBytes) => sizeBytes <= MAX_FILE_BYTES, "a size that a file may have"),
  /** As the sender wrote it: show it through `safeFileName`. At most 255 bytes of UTF-8. */
  name: cleaned(shortName),
  /** MIME type by the sender's word, "" when unknown; never believed for anything that runs. At most 127 characters. */
  type: cleaned(plainType),
} as const
/** What a member needs to fetch and verify a file; it travels inside the room's sealed messages and nowhere else. */
export type FileDescriptor = Values<typeof descriptorFields>
export const fileDescriptor = whole(struct(descriptorFields))
