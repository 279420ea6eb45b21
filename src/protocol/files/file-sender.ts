import { sha256 } from "@noble/hashes/sha2.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { ChunkCipher } from "./chunk-cipher.js"
import { CHUNK_BYTES, chunksOf, plainChunkBytes, sealedBytesOf } from "./chunk-layout.js"
import type { ChunkSet } from "./chunk-set.js"
import type { FileDescriptor } from "./file-descriptor.js"
import type { FileLink, FileSource, TransferOptions } from "./file-ports.js"
import { FlightWindow } from "./flight-window.js"
import { throwIfStopped } from "./reconnecting-link.js"
import { putChunk, refusedAs, requestState } from "./request-file.js"
import { isSameFile, type UploadRecord } from "./upload-record.js"

/** A server that lost chunks it had confirmed (power cut) is given them again so often. */
const MAX_ROUNDS = 3

export interface TransferDeps {
  readonly crypto: CryptoProvider
  readonly link: FileLink
}

/** Uploads a file, or continues with an upload: what the server has is hashed again and not sent again. Store `record`
 *  before the first call. @returns what to post to the room
 *  @throws AppError "files/changed" when the file is not what the upload began with, "files/stopped",
 *  "application/refused/<code>" (quota, full, room, …), "files/unreachable" */
export async function sendFile(
  { crypto, link }: TransferDeps,
  source: FileSource,
  record: UploadRecord,
  { signal, onProgress = () => {} }: TransferOptions = {},
): Promise<FileDescriptor> {
  if (!isSameFile(record, source)) throw changed(record.name)
  const { fileId, key, roomId, name, type, sizeBytes } = record
  const chunks = chunksOf(sizeBytes)
  const cipher = await ChunkCipher.create(crypto, fileId, key)
  const begin = { kind: "begin", fileId, roomId, chunks, sealedBytes: sealedBytesOf(sizeBytes) } as const
  let { present } = await requestState(link, begin, signal)
  for (let round = 1; ; round++) {
    const digest = await sendMissing(present)
    try {
      await requestState(link, { kind: "finish", fileId }, signal)
      return { fileId, key, name, type, sizeBytes, sha256: digest }
    } catch (error) {
      if (!refusedAs(error, "incomplete") || round === MAX_ROUNDS) throw error
      present = (await requestState(link, { kind: "state", fileId }, signal)).present
    }
  }

  /** Reads and hashes the whole file, sends the chunks that are not there, and returns the file's hash. */
  async function sendMissing(there: ChunkSet): Promise<Uint8Array> {
    const hash = sha256.create()
    const sending = new Set<Promise<void>>()
    const window = new FlightWindow()
    const halt = new AbortController() // the first failure ends the others' retries
    const either = signal === undefined ? halt.signal : AbortSignal.any([signal, halt.signal])
    let failure: { readonly error: unknown } | undefined
    let doneBytes = 0
    const done = (bytes: number): void => {
      doneBytes += bytes
      onProgress(doneBytes)
    }
    done(0)
    try {
      await sendAll()
    } catch (error) {
      failure ??= { error }
      halt.abort()
    }
    await Promise.all(sending)
    if (failure !== undefined) throw failure.error
    return hash.digest()

    async function sendAll(): Promise<void> {
      for (let index = 0; index < chunks && failure === undefined; index++) {
        throwIfStopped(signal)
        const plainBytes = plainChunkBytes(sizeBytes, index)
        const plain = await source.read(index * CHUNK_BYTES, plainBytes)
        if (plain.length !== plainBytes) throw changed(name)
        hash.update(plain)
        if (there.has(index)) {
          done(plainBytes)
          continue
        }
        const sealed = await cipher.seal(index, index === chunks - 1, plain)
        const put = window
          .timed(() => putChunk(link, fileId, index, sealed, either))
          .then(() => done(plainBytes))
          .catch((error: unknown) => {
            failure ??= { error }
            halt.abort()
          })
          .finally(() => sending.delete(put))
        sending.add(put)
        while (sending.size >= window.size) await Promise.race(sending)
      }
    }
  }
}

const changed = (name: string): AppError =>
  new AppError("files/changed", `${name} has changed since its upload began; send it again`)
