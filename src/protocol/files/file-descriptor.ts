import { concat, u16, u64, utf8 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "../byte-reader.js"
import { MAX_FILE_BYTES } from "./chunk-layout.js"

/** What a member needs to fetch and verify a file; it travels inside the room's sealed messages and nowhere else. */
export interface FileDescriptor {
  /** 16 random bytes. */
  readonly fileId: Uint8Array
  /** 32 random bytes, of this file alone. */
  readonly key: Uint8Array
  /** As the sender wrote it: show it through `safeFileName`. At most 255 bytes of UTF-8. */
  readonly name: string
  /** MIME type by the sender's word, "" when unknown; never believed for anything that runs. At most 127 characters. */
  readonly type: string
  readonly sizeBytes: number
  /** Of the whole plaintext. 32 bytes */
  readonly sha256: Uint8Array
}

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

/** fileId 16 ‖ key 32 ‖ sha256 32 ‖ size u64 ‖ name blob16 ‖ type blob16 */
export function encodeFileDescriptor(file: FileDescriptor): Uint8Array<ArrayBuffer> {
  const [name, type] = [utf8(shortName(file.name)), utf8(plainType(file.type))]
  return concat([
    file.fileId,
    file.key,
    file.sha256,
    u64(file.sizeBytes),
    u16(name.length),
    name,
    u16(type.length),
    type,
  ])
}

/** Undefined for anything malformed or larger than a file may be. */
export function decodeFileDescriptor(bytes: Uint8Array): FileDescriptor | undefined {
  const reader = new ByteReader(bytes)
  const [fileId, key, sha256] = [reader.fixed(16), reader.fixed(32), reader.fixed(32)]
  const sizeBytes = reader.u64()
  const [name, type] = [text(reader.blob16()), text(reader.blob16())]
  if (name === undefined || type === undefined) return undefined
  reader.require(sizeBytes <= MAX_FILE_BYTES && shortName(name) === name && plainType(type) === type)
  return reader.finish({ fileId, key, name, type, sizeBytes, sha256 })
}

function text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
