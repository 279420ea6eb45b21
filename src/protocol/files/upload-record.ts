import { AppError } from "@sourceprint/core/errors.js"
import { blob16, fixed, struct, text, u64, type Values, whole } from "../codec.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { MAX_FILE_BYTES } from "./chunk-layout.js"
import { plainType, shortName } from "./file-descriptor.js"
import type { FileSource } from "./file-ports.js"

const uploadFields = {
  fileId: fixed(16),
  key: fixed(32),
  roomId: fixed(16),
  sizeBytes: u64,
  lastModifiedMs: u64,
  name: text(blob16),
  type: text(blob16),
} as const
/** What must be stored before an upload begins so that a restarted program can continue with it. Which chunks are done
 *  is the server's to say, so this is written once. It holds the key: seal it. */
export type UploadRecord = Values<typeof uploadFields>
export const uploadRecord = whole(struct(uploadFields))

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
