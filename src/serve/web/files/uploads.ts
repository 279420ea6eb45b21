import { type Signal, signal } from "@preact/signals"
import { concat, toHex } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import type { ChatStorage } from "@sourceprint/protocol/chat/chat-storage.js"
import { type FileDescriptor, fileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { sendFile } from "@sourceprint/protocol/files/file-sender.js"
import { cancelFile } from "@sourceprint/protocol/files/request-file.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { isSameFile, newUpload, type UploadRecord, uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { BlobSource } from "./blob-source.js"
import { fileFailureWords } from "./file-words.js"

/** "file-needed": the page was loaded again; the same file has to be chosen once more. "posting": it is at the server
 *  and its message is on its way to the room. */
export type UploadState = "waiting" | "sending" | "posting" | "stopped" | "file-needed" | "failed" | "done"

export interface Upload {
  readonly record: UploadRecord
  readonly state: Signal<UploadState>
  readonly doneBytes: Signal<number>
  /** Words for the person. */
  readonly failure: Signal<string | undefined>
}

export interface UploadDeps {
  readonly link: FileLink
  /** Keeps unfinished uploads through a reload; keys begin with "upload/". */
  readonly storage: ChatStorage
  /** Posts the file's message to the room; resolves when it is in the outbox.
   *  @throws AppError where nothing can be posted to the room any more */
  post(roomId: Uint8Array, file: FileDescriptor): Promise<void>
  /** Whether the file's message is in the room, or in the outbox: asked after a reload that came between the two. */
  isPosted(roomId: Uint8Array, file: FileDescriptor): Promise<boolean>
}

const AT_ONCE = 2
const PREFIX = "upload/"
const POSTED = "uploaded/"
const MAX_KEPT = 1000

/** The uploads of this page: some at a time, each stoppable, and those of an earlier page to continue with. */
export class Uploads {
  readonly list = signal<readonly Upload[]>([])
  private readonly files = new Map<Upload, File>()
  private readonly running = new Map<Upload, AbortController>()

  constructor(private readonly deps: UploadDeps) {}

  /** Takes up what an earlier page left: posts what was uploaded, shows what was not. */
  async restore(): Promise<void> {
    const { storage } = this.deps
    for (const { key, value } of await storage.readRange(POSTED, undefined, MAX_KEPT)) {
      const file = fileDescriptor.decode(value.subarray(16))
      if (file !== undefined) await this.postOnce(value.slice(0, 16), file)
      await storage.write([], [key])
    }
    const left: Upload[] = []
    for (const { key, value } of await storage.readRange(PREFIX, undefined, MAX_KEPT)) {
      const record = uploadRecord.decode(value)
      if (record === undefined) await storage.write([], [key])
      else left.push(uploadOf(record, "file-needed"))
    }
    this.list.value = [...left, ...this.list.value]
  }

  /** A room that was left meanwhile takes nothing: then the file is of no use at the server. */
  private async postOnce(roomId: Uint8Array, file: FileDescriptor): Promise<void> {
    const { post, isPosted } = this.deps
    try {
      if (!(await isPosted(roomId, file))) await post(roomId, file)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      void this.forget(file.fileId)
    }
  }

  /** Begins an upload to the room, or continues with one that was interrupted when the file is the same.
   *  @throws AppError "files/size" */
  async add(roomId: Uint8Array, file: File): Promise<Upload> {
    const source = new BlobSource(file)
    const known = this.list.value.find(
      ({ record, state }) =>
        state.value === "file-needed" && toHex(record.roomId) === toHex(roomId) && isSameFile(record, source),
    )
    if (known !== undefined) {
      this.goOnWith(known, file)
      return known
    }
    const record = newUpload(webCrypto, source, roomId)
    const upload = uploadOf(record, "waiting")
    await this.deps.storage.write([{ key: keyOf(record), value: uploadRecord.encode(record) }], [])
    this.files.set(upload, file)
    this.list.value = [...this.list.value, upload]
    this.next()
    return upload
  }

  /** Goes on with an interrupted upload; another file than the one it began with is refused in words. */
  goOnWith(upload: Upload, file: File): void {
    if (!isSameFile(upload.record, new BlobSource(file))) {
      upload.failure.value = `This is not the same ${safeFileName(upload.record.name)}, or it was changed since.`
      return
    }
    this.files.set(upload, file)
    this.resume(upload)
  }

  /** Stops for now; the server keeps what it has. */
  stop(upload: Upload): void {
    if (upload.state.value === "waiting") upload.state.value = "stopped"
    this.running.get(upload)?.abort()
  }

  /** Goes on with an upload that was stopped or failed. */
  resume(upload: Upload): void {
    if (this.running.has(upload)) return
    upload.failure.value = undefined
    upload.state.value = this.files.has(upload) ? "waiting" : "file-needed"
    this.next()
  }

  /** Ends the upload for good and deletes what the server has of it. */
  async cancel(upload: Upload): Promise<void> {
    upload.state.value = "stopped"
    this.running.get(upload)?.abort()
    this.remove(upload)
    await this.deps.storage.write([], [keyOf(upload.record), POSTED + toHex(upload.record.fileId)])
    await this.forget(upload.record.fileId)
  }

  /** Deletes what the server has of a file; where it cannot be told, the file goes when it expires. */
  private async forget(fileId: Uint8Array): Promise<void> {
    try {
      await cancelFile(this.deps.link, fileId)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }

  private remove(upload: Upload): void {
    this.files.delete(upload)
    this.list.value = this.list.value.filter((other) => other !== upload)
  }

  private next(): void {
    for (const upload of this.list.value) {
      if (this.running.size >= AT_ONCE) return
      const file = this.files.get(upload)
      if (upload.state.value !== "waiting" || file === undefined) continue
      const stop = new AbortController()
      this.running.set(upload, stop)
      void this.run(upload, file, stop.signal).finally(() => {
        this.running.delete(upload)
        this.next()
      })
    }
  }

  private async run(upload: Upload, file: File, stopping: AbortSignal): Promise<void> {
    const { link, storage, post } = this.deps
    const { record, state, doneBytes, failure } = upload
    state.value = "sending"
    try {
      const descriptor = await sendFile({ crypto: webCrypto, link }, new BlobSource(file), record, {
        signal: stopping,
        onProgress: (done) => {
          doneBytes.value = done
        },
      })
      state.value = "posting"
      const posted = POSTED + toHex(record.fileId)
      const value = concat([record.roomId, fileDescriptor.encode(descriptor)])
      await storage.write([{ key: posted, value }], [keyOf(record)])
      await post(record.roomId, descriptor)
      await storage.write([], [posted])
      state.value = "done"
      this.remove(upload)
    } catch (error) {
      if (hasCode(error, "files/stopped")) {
        state.value = "stopped"
        return
      }
      failure.value = fileFailureWords(error)
      state.value = "failed"
    }
  }
}

const keyOf = (record: UploadRecord): string => PREFIX + toHex(record.fileId)

const uploadOf = (record: UploadRecord, state: UploadState): Upload => ({
  record,
  state: signal(state),
  doneBytes: signal(0),
  failure: signal(undefined),
})
