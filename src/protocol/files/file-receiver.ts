import { sha256 } from "@noble/hashes/sha2.js"
import { equalConstantTime } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { ChunkCipher } from "./chunk-cipher.js"
import { CHUNK_BYTES, chunksOf, plainChunkBytes, sealedBytesOf } from "./chunk-layout.js"
import type { FileDescriptor } from "./file-descriptor.js"
import type { FileSink, TransferOptions } from "./file-ports.js"
import type { TransferDeps } from "./file-sender.js"
import { FlightWindow } from "./flight-window.js"
import { throwIfStopped } from "./reconnecting-link.js"
import { getChunk, refusedAs, requestState } from "./request-file.js"

/** Downloads a file into the sink, continuing from what the sink has, and commits it when size and hash are those of
 *  the message. Otherwise nothing is committed: after a stop or a lost server the part stays for another try, a wrong
 *  hash discards it.
 *  @throws AppError "files/gone" (expired, deleted, or not for this account), "files/altered" when a chunk or the hash
 *  is not the sender's, "files/stopped", "files/unreachable", and what the sink throws */
export async function receiveFile(
  { crypto, link }: TransferDeps,
  file: FileDescriptor,
  sink: FileSink,
  { signal, onProgress = () => {} }: TransferOptions = {},
): Promise<void> {
  const { fileId, sizeBytes } = file
  const chunks = chunksOf(sizeBytes)
  const cipher = await ChunkCipher.create(crypto, fileId, file.key)
  try {
    const state = await requestState(link, { kind: "state", fileId }, signal)
    if (state.chunks !== chunks || state.sealedBytes !== sealedBytesOf(sizeBytes)) throw altered(file)
    const resumed = await resumePoint()
    const whole = await receiveFrom(resumed)
    // What lay there from before may have been damaged since; then one try from the start decides.
    if (!whole && (resumed === 0 || !(await receiveFrom(0)))) {
      await sink.discard()
      throw altered(file)
    }
    await sink.commit()
  } catch (error) {
    throw refusedAs(error, "unknown") ? gone(file, error) : error
  } finally {
    await sink.close()
  }

  /** The first chunk that is not whole in the sink. */
  async function resumePoint(): Promise<number> {
    const there = await sink.size()
    if (there > sizeBytes) return 0
    return there === sizeBytes ? chunks : Math.floor(there / CHUNK_BYTES)
  }

  /** True when the file, with what comes from the server behind `first` chunks of the sink, has the right hash. */
  async function receiveFrom(first: number): Promise<boolean> {
    const hash = sha256.create()
    await sink.truncate(Math.min(first * CHUNK_BYTES, sizeBytes))
    onProgress(0)
    for (let index = 0; index < first; index++) {
      throwIfStopped(signal)
      hash.update(await sink.read(index * CHUNK_BYTES, plainChunkBytes(sizeBytes, index)))
      onProgress(Math.min((index + 1) * CHUNK_BYTES, sizeBytes))
    }
    const halt = new AbortController() // a failure ends the retries of the chunks behind it
    const either = signal === undefined ? halt.signal : AbortSignal.any([signal, halt.signal])
    const coming: Promise<Uint8Array>[] = []
    const window = new FlightWindow()
    try {
      for (let index = first, asked = first; index < chunks; index++) {
        for (; asked < chunks && asked < index + window.size; asked++) {
          const chunk = fetchChunk(window, asked, either)
          chunk.catch(() => {}) // reported when its turn comes
          coming.push(chunk)
        }
        const plain = (await coming.shift()) ?? new Uint8Array(0)
        throwIfStopped(signal)
        const doneBytes = index * CHUNK_BYTES + plain.length
        hash.update(plain)
        await sink.append(plain)
        onProgress(doneBytes)
      }
    } finally {
      halt.abort()
    }
    return equalConstantTime(hash.digest(), file.sha256)
  }

  async function fetchChunk(window: FlightWindow, index: number, either: AbortSignal): Promise<Uint8Array> {
    const sealed = await window.timed(() => getChunk(link, fileId, index, either))
    const plain = await cipher.open(index, index === chunks - 1, sealed)
    if (plain?.length !== plainChunkBytes(sizeBytes, index)) throw altered(file)
    return plain
  }
}

const altered = ({ name }: FileDescriptor): AppError =>
  new AppError("files/altered", `${name} is not what its sender sent; nothing of it was kept as the file`)

const gone = ({ name }: FileDescriptor, cause: unknown): AppError =>
  new AppError(
    "files/gone",
    `${name} is not to be had: it has expired, was deleted, or you are no longer in its room`,
    {
      cause,
    },
  )
