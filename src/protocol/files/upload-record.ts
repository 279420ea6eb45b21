import { concat, u16, u64, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { ByteReader } from "../byte-reader.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { MAX_FILE_BYTES } from "./chunk-layout.js"
import { plainType, shortName } from "./file-descriptor.js"
import type { FileSource } from "./file-ports.js"

/** What must be stored, sealed, before an upload begins so that a restarted program can go on with it. Which chunks are
 *  done is the server's to say, so this is written once. */
export interface UploadRecord {
  readonly fileId: Uint8Array // 16 bytes
  readonly key: Uint8Array // 32 bytes
  readonly roomId: Uint8Array // 16 bytes
  readonly name: string
  readonly type: string
  readonly sizeBytes: number
  readonly lastModifiedMs: number
}

/** @throws AppError "files/size" for more than 2 GiB */
export function newUpload(crypto: CryptoProvider, source: FileSource, roomId: Uint8Array): UploadRecord {
  if (source.sizeBytes > MAX_FILE_BYTES) {
    throw new AppError("files/size", `${source.name} is larger than 2 GiB; split it or compress it first`)
  }
  return {
    fileId: crypto.randomBytes(16),
    key: crypto.randomBytes(32),
    roomId,
    name: shortName(source.name),
    type: plainType(source.type),
    sizeBytes: source.sizeBytes,
    lastModifiedMs: Math.max(0, Math.floor(source.lastModifiedMs)),
  }
}

/** True when `source` is the file that the upload began with, as far as name, size and time of change can tell. */
export const isSameFile = (record: UploadRecord, source: FileSource): boolean =>
  record.name === shortName(source.name) &&
  record.sizeBytes === source.sizeBytes &&
  record.lastModifiedMs === Math.max(0, Math.floor(source.lastModifiedMs))

/** fileId 16 ‖ key 32 ‖ roomId 16 ‖ size u64 ‖ modified u64 ‖ name blob16 ‖ type blob16. Holds the key: seal it. */
export function encodeUploadRecord(record: UploadRecord): Uint8Array<ArrayBuffer> {
  const [name, type] = [utf8(record.name), utf8(record.type)]
  const { fileId, key, roomId, sizeBytes, lastModifiedMs } = record
  return concat([
    fileId,
    key,
    roomId,
    u64(sizeBytes),
    u64(lastModifiedMs),
    u16(name.length),
    name,
    u16(type.length),
    type,
  ])
}

/** Undefined for anything else. */
export function decodeUploadRecord(bytes: Uint8Array): UploadRecord | undefined {
  const reader = new ByteReader(bytes)
  const [fileId, key, roomId] = [reader.fixed(16), reader.fixed(32), reader.fixed(16)]
  const [sizeBytes, lastModifiedMs] = [reader.u64(), reader.u64()]
  const [name, type] = [reader.blob16(), reader.blob16()]
  const text = new TextDecoder()
  return reader.finish({
    fileId,
    key,
    roomId,
    name: text.decode(name),
    type: text.decode(type),
    sizeBytes,
    lastModifiedMs,
  })
}
