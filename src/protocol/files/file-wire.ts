import { calls, type RequestOf, request } from "../calls.js"
import { blob16, blob32, fixed, flag, mapped, rest, struct, u32, u64, type Values, whole } from "../codec.js"
import { ChunkSet } from "./chunk-set.js"

const stateFields = { chunks: u32, sealedBytes: u64, finished: flag, expiresAtMs: u64 } as const
/** Answer to begin, state and finish. */
export type FileState = Values<typeof stateFields> & { readonly present: ChunkSet }
export const fileState = whole(
  mapped(
    struct({ ...stateFields, present: blob16 }),
    (state: FileState) => ({ ...state, present: state.present.bytes }),
    (raw) => {
      const present = ChunkSet.from(raw.chunks, raw.present)
      return present && { ...raw, present }
    },
  ),
)

const usageFields = { bytes: u64, bytesLimit: u64, files: u32, filesLimit: u32 } as const
/** Answer to usage: what the account holds and may hold. */
export type FileUsage = Values<typeof usageFields>
export const fileUsage = whole(struct(usageFields))

const fileId = fixed(16)
const chunk = whole(rest)
const nothing = whole(struct({}))

/** Every request may be repeated: the second time changes nothing. */
export const fileCalls = calls("kind", {
  /** `sealedBytes`: of all chunks together. */
  begin: request(1, { fileId, roomId: fixed(16), chunks: u32, sealedBytes: u64 }, fileState),
  put: request(2, { fileId, index: u32, sealed: blob32() }, nothing),
  state: request(3, { fileId }, fileState),
  get: request(4, { fileId, index: u32 }, chunk),
  finish: request(5, { fileId }, fileState),
  cancel: request(6, { fileId }, nothing),
  usage: request(7, {}, fileUsage),
})
export type FileRequest = RequestOf<typeof fileCalls>

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
