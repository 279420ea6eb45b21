import { toHex } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { type AppError, hasCode } from "@sourceprint/core/errors.js"
import { answered, type Handlers } from "@sourceprint/protocol/calls.js"
import { CHUNK_BYTES, CHUNK_OVERHEAD_BYTES, sizeFromSealed } from "@sourceprint/protocol/files/chunk-layout.js"
import { ChunkSet } from "@sourceprint/protocol/files/chunk-set.js"
import { type FileRefusal, type FileState, fileCalls } from "@sourceprint/protocol/files/file-wire.js"
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

/** Sealed size of chunk `index`: all are full but the last. */
function sealedChunkBytes({ chunks, sealedBytes }: StoredFile, index: number): number {
  const full = CHUNK_BYTES + CHUNK_OVERHEAD_BYTES
  return index < chunks - 1 ? full : sealedBytes - (chunks - 1) * full
}

/** Answers channel 2: stores and serves sealed chunks and knows nothing of what they hold. docs/protocol.md, Files */
export function fileChannel({ files, clock, rules, isMember, onRemoved }: FileChannelDeps): ChannelHandler {
  /** The file, if it is this account's. */
  async function own(accountId: string, fileId: Uint8Array): Promise<StoredFile> {
    const file = await files.file(toHex(fileId))
    if (file?.ownerId !== accountId) throw no("unknown")
    return file
  }

  async function state(accountId: string, id: string): Promise<FileState> {
    const file = await files.file(id)
    if (file === undefined) throw no("unknown")
    if (file.ownerId !== accountId && !(await isMember(accountId, file.roomId))) throw no("unknown")
    const present = ChunkSet.empty(file.chunks)
    for (const index of await files.present(id)) present.add(index)
    const { chunks, sealedBytes, finished, expiresAtMs } = file
    return { chunks, sealedBytes, finished, expiresAtMs, present }
  }

  const handlers: Handlers<typeof fileCalls, [accountId: string]> = {
    async begin({ fileId, roomId: room, chunks, sealedBytes }, ownerId) {
      const [id, roomId] = [toHex(fileId), toHex(room)]
      const sizeBytes = sizeFromSealed(chunks, sealedBytes)
      if (sizeBytes === undefined || sizeBytes > rules.maxFileBytes) throw no("size")
      if (!(await isMember(ownerId, roomId))) throw no("room")
      const createdAtMs = clock.nowMs()
      const expiresAtMs = createdAtMs + rules.keepUnfinishedMs
      const file = { id, roomId, ownerId, chunks, sealedBytes, createdAtMs, expiresAtMs }
      const begun = await files.begin(file, rules)
      if (begun !== "begun") throw no(begun)
      return state(ownerId, id)
    },
    async put({ fileId, index, sealed }, ownerId) {
      const file = await own(ownerId, fileId)
      if (index >= file.chunks || sealed.length !== sealedChunkBytes(file, index)) throw no("chunk")
      if (!(await files.put(file.id, index, sealed, rules.minimumFreeBytes))) throw no("unknown")
      return {}
    },
    state: ({ fileId }, accountId) => state(accountId, toHex(fileId)),
    async get({ fileId, index }, accountId) {
      const file = await files.file(toHex(fileId))
      if (file === undefined || !(await isMember(accountId, file.roomId))) throw no("unknown")
      if (index >= file.chunks) throw no("chunk")
      const sealed = await files.chunk(file.id, index)
      if (sealed === undefined) throw no("missing")
      return sealed
    },
    async finish({ fileId }, ownerId) {
      const { id, createdAtMs } = await own(ownerId, fileId)
      const finished = await files.finish(id, createdAtMs + rules.keepMs)
      if (finished !== "finished") throw no(finished)
      return state(ownerId, id)
    },
    async cancel({ fileId }, ownerId) {
      await files.remove((await own(ownerId, fileId)).id)
      onRemoved()
      return {}
    },
    async usage(_, ownerId) {
      const { bytesPerAccount: bytesLimit, filesPerAccount: filesLimit } = rules
      return { ...(await files.usage(ownerId)), bytesLimit, filesLimit }
    },
  }
  return async ({ account }, body) => {
    const request = fileCalls.request.decode(body)
    if (request === undefined) throw no("malformed")
    try {
      return await answered(fileCalls, handlers, request, account.id)
    } catch (error) {
      throw hasCode(error, "store/full") ? no("full") : error
    }
  }
}
