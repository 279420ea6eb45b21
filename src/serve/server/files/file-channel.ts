import { toHex } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { type AppError, hasCode } from "@sourceprint/core/errors.js"
import {
  CHUNK_BYTES,
  CHUNK_OVERHEAD_BYTES,
  sizeFromSealed,
} from "@sourceprint/protocol/files/chunk-layout.js"
import { ChunkSet } from "@sourceprint/protocol/files/chunk-set.js"
import {
  decodeFileRequest,
  encodeFileState,
  encodeFileUsage,
  type FileRefusal,
  type FileRequest,
} from "@sourceprint/protocol/files/file-wire.js"
import type { FileQuota, FileStore, StoredFile } from "../../store/files/file-store.js"
import { type ChannelHandler, refusal } from "../application/channel.js"

export interface FileRules extends FileQuota {
  /** Of plaintext; never above the protocol's 2 GiB. */
  readonly maxFileBytes: number
  /** How long a finished file stays, from its begin. */
  readonly keepMs: number
  readonly keepUnfinishedMs: number
}

export interface FileChannelDeps {
  readonly files: FileStore
  readonly clock: Clock
  readonly rules: FileRules
  /** Now, by the chat's own book. @param roomId hex */
  isMember(accountId: string, roomId: string): Promise<boolean>
  /** Something was removed: its space can be freed. */
  onRemoved(): void
}

const WORDS: Readonly<Record<FileRefusal, string>> = {
  unknown: "there is no such file; it may have expired or been deleted",
  room: "you are not a member of this room",
  size: "the file is larger than this server takes",
  quota: "you hold as many files or bytes as you may; delete some or wait until they expire",
  full: "the server has no space for it now; try again later",
  taken: "this id names another file",
  chunk: "this chunk is not one of the file",
  missing: "this chunk has not been uploaded",
  incomplete: "chunks of the file are missing",
  malformed: "this is not a request about files",
}

const no = (why: FileRefusal): AppError => refusal(why, WORDS[why])
const NOTHING = new Uint8Array(0)

/** Sealed size of chunk `index`: all are full but the last. */
function sealedChunkBytes({ chunks, sealedBytes }: StoredFile, index: number): number {
  const full = CHUNK_BYTES + CHUNK_OVERHEAD_BYTES
  return index < chunks - 1 ? full : sealedBytes - (chunks - 1) * full
}

/** Answers channel 2: stores and serves sealed chunks and knows nothing of what they hold. docs/protocol.md, Files */
export function fileChannel({ files, clock, rules, isMember, onRemoved }: FileChannelDeps): ChannelHandler {
  return async ({ account }, body) => {
    const request = decodeFileRequest(body)
    if (request === undefined) throw no("malformed")
    try {
      return await answer(account.id, request)
    } catch (error) {
      throw hasCode(error, "store/full") ? no("full") : error
    }
  }

  function answer(accountId: string, request: FileRequest): Promise<Uint8Array> {
    switch (request.kind) {
      case "begin":
        return begin(accountId, request)
      case "put":
        return put(accountId, request)
      case "state":
        return state(accountId, toHex(request.fileId))
      case "get":
        return get(accountId, request)
      case "finish":
        return finish(accountId, toHex(request.fileId))
      case "cancel":
        return cancel(accountId, toHex(request.fileId))
      case "usage":
        return usage(accountId)
    }
  }

  async function begin(
    ownerId: string,
    request: Extract<FileRequest, { kind: "begin" }>,
  ): Promise<Uint8Array> {
    const { chunks, sealedBytes } = request
    const [id, roomId] = [toHex(request.fileId), toHex(request.roomId)]
    const sizeBytes = sizeFromSealed(chunks, sealedBytes)
    if (sizeBytes === undefined || sizeBytes > rules.maxFileBytes) throw no("size")
    if (!(await isMember(ownerId, roomId))) throw no("room")
    const createdAtMs = clock.nowMs()
    const expiresAtMs = createdAtMs + rules.keepUnfinishedMs
    const file = { id, roomId, ownerId, chunks, sealedBytes, createdAtMs, expiresAtMs }
    const begun = await files.begin(file, rules)
    if (begun !== "begun") throw no(begun)
    return state(ownerId, id)
  }

  /** The file, if it is this account's. */
  async function own(accountId: string, id: string): Promise<StoredFile> {
    const file = await files.file(id)
    if (file?.ownerId !== accountId) throw no("unknown")
    return file
  }

  async function put(ownerId: string, request: Extract<FileRequest, { kind: "put" }>): Promise<Uint8Array> {
    const { index, sealed } = request
    const file = await own(ownerId, toHex(request.fileId))
    if (index >= file.chunks || sealed.length !== sealedChunkBytes(file, index)) throw no("chunk")
    if (!(await files.put(file.id, index, sealed))) throw no("unknown")
    return NOTHING
  }

  async function state(accountId: string, id: string): Promise<Uint8Array> {
    const file = await files.file(id)
    if (file === undefined) throw no("unknown")
    if (file.ownerId !== accountId && !(await isMember(accountId, file.roomId))) throw no("unknown")
    const present = ChunkSet.empty(file.chunks)
    for (const index of await files.present(id)) present.add(index)
    const { chunks, sealedBytes, finished, expiresAtMs } = file
    return encodeFileState({ chunks, sealedBytes, finished, expiresAtMs, present })
  }

  async function get(accountId: string, request: Extract<FileRequest, { kind: "get" }>): Promise<Uint8Array> {
    const file = await files.file(toHex(request.fileId))
    if (file === undefined || !(await isMember(accountId, file.roomId))) throw no("unknown")
    if (request.index >= file.chunks) throw no("chunk")
    const sealed = await files.chunk(file.id, request.index)
    if (sealed === undefined) throw no("missing")
    return sealed
  }

  async function finish(ownerId: string, id: string): Promise<Uint8Array> {
    const file = await own(ownerId, id)
    const finished = await files.finish(id, file.createdAtMs + rules.keepMs)
    if (finished !== "finished") throw no(finished)
    return state(ownerId, id)
  }

  async function cancel(ownerId: string, id: string): Promise<Uint8Array> {
    await own(ownerId, id)
    await files.remove(id)
    onRemoved()
    return NOTHING
  }

  async function usage(ownerId: string): Promise<Uint8Array> {
    const held = await files.usage(ownerId)
    const { bytesPerAccount: bytesLimit, filesPerAccount: filesLimit } = rules
    return encodeFileUsage({ ...held, bytesLimit, filesLimit })
  }
}
