import { concat, u16, u32, u64 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "../byte-reader.js"
import { ChunkSet } from "./chunk-set.js"

const FileRequestKind = { begin: 1, put: 2, state: 3, get: 4, finish: 5, cancel: 6, usage: 7 } as const

/** `fileId` and `roomId` are 16 bytes. Every request may be repeated: the second time changes nothing. */
export type FileRequest =
  | {
      readonly kind: "begin"
      readonly fileId: Uint8Array
      readonly roomId: Uint8Array
      readonly chunks: number
      /** Of all chunks together. */
      readonly sealedBytes: number
    }
  | {
      readonly kind: "put"
      readonly fileId: Uint8Array
      readonly index: number
      readonly sealed: Uint8Array
    }
  | { readonly kind: "get"; readonly fileId: Uint8Array; readonly index: number }
  | { readonly kind: "state"; readonly fileId: Uint8Array }
  | { readonly kind: "finish"; readonly fileId: Uint8Array }
  | { readonly kind: "cancel"; readonly fileId: Uint8Array }
  | { readonly kind: "usage" }

/** Answer to begin, state and finish. */
export interface FileState {
  readonly chunks: number
  readonly sealedBytes: number
  readonly finished: boolean
  readonly expiresAtMs: number
  readonly present: ChunkSet
}

/** Answer to usage: what the account holds and may hold. */
export interface FileUsage {
  readonly bytes: number
  readonly bytesLimit: number
  readonly files: number
  readonly filesLimit: number
}

/** Codes of refusals; the words beside them are for people and may change. */
export const FileRefusal = {
  /** There is no such file, or not for this account. */
  unknown: "unknown",
  /** The account is not a member of the room. */
  room: "room",
  /** Larger than a file may be, or chunks and bytes do not agree. */
  size: "size",
  /** The account may hold no more bytes or files. */
  quota: "quota",
  /** The server has no space left. */
  full: "full",
  /** The id names another file. */
  taken: "taken",
  /** The chunk is not one of this file: its index or its size. */
  chunk: "chunk",
  /** The chunk was not uploaded (yet). */
  missing: "missing",
  /** Chunks are missing, so the file cannot be finished. */
  incomplete: "incomplete",
  malformed: "malformed",
} as const
export type FileRefusal = (typeof FileRefusal)[keyof typeof FileRefusal]

export function encodeFileRequest(request: FileRequest): Uint8Array<ArrayBuffer> {
  const kind = Uint8Array.of(FileRequestKind[request.kind])
  switch (request.kind) {
    case "begin":
      return concat([kind, request.fileId, request.roomId, u32(request.chunks), u64(request.sealedBytes)])
    case "put":
      return concat([kind, request.fileId, u32(request.index), u32(request.sealed.length), request.sealed])
    case "get":
      return concat([kind, request.fileId, u32(request.index)])
    case "state":
    case "finish":
    case "cancel":
      return concat([kind, request.fileId])
    case "usage":
      return kind
  }
}

/** Undefined for anything malformed. */
export function decodeFileRequest(bytes: Uint8Array): FileRequest | undefined {
  const reader = new ByteReader(bytes)
  switch (reader.u8()) {
    case FileRequestKind.begin: {
      const [fileId, roomId] = [reader.fixed(16), reader.fixed(16)]
      return reader.finish({ kind: "begin", fileId, roomId, chunks: reader.u32(), sealedBytes: reader.u64() })
    }
    case FileRequestKind.put: {
      const fileId = reader.fixed(16)
      return reader.finish({ kind: "put", fileId, index: reader.u32(), sealed: reader.blob32() })
    }
    case FileRequestKind.get: {
      const fileId = reader.fixed(16)
      return reader.finish({ kind: "get", fileId, index: reader.u32() })
    }
    case FileRequestKind.state:
      return reader.finish({ kind: "state", fileId: reader.fixed(16) })
    case FileRequestKind.finish:
      return reader.finish({ kind: "finish", fileId: reader.fixed(16) })
    case FileRequestKind.cancel:
      return reader.finish({ kind: "cancel", fileId: reader.fixed(16) })
    case FileRequestKind.usage:
      return reader.finish({ kind: "usage" })
    default:
      return undefined
  }
}

export const encodeFileState = (state: FileState): Uint8Array<ArrayBuffer> =>
  concat([
    u32(state.chunks),
    u64(state.sealedBytes),
    Uint8Array.of(state.finished ? 1 : 0),
    u64(state.expiresAtMs),
    u16(state.present.bytes.length),
    state.present.bytes,
  ])

export function decodeFileState(bytes: Uint8Array): FileState | undefined {
  const reader = new ByteReader(bytes)
  const [chunks, sealedBytes, finished, expiresAtMs] = [reader.u32(), reader.u64(), reader.u8(), reader.u64()]
  const present = ChunkSet.from(chunks, reader.blob16())
  reader.require(finished <= 1)
  if (present === undefined) return undefined
  return reader.finish({ chunks, sealedBytes, finished: finished === 1, expiresAtMs, present })
}

export const encodeFileUsage = (usage: FileUsage): Uint8Array<ArrayBuffer> =>
  concat([u64(usage.bytes), u64(usage.bytesLimit), u32(usage.files), u32(usage.filesLimit)])

export function decodeFileUsage(bytes: Uint8Array): FileUsage | undefined {
  const reader = new ByteReader(bytes)
  const [bytesHeld, bytesLimit] = [reader.u64(), reader.u64()]
  return reader.finish({ bytes: bytesHeld, bytesLimit, files: reader.u32(), filesLimit: reader.u32() })
}
