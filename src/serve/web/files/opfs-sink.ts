import { AppError } from "@sourceprint/core/errors.js"
import type { FileSink } from "@sourceprint/protocol/files/file-ports.js"
import type { OpfsCall, OpfsReply } from "./opfs-worker.js"
import { forgetReceived, markWhole, partName, RECEIVED_FOLDER } from "./received-files.js"

interface Waiting {
  resolve(result: number | Uint8Array): void
  reject(error: AppError): void
}

/** FileSink over the browser's private file system: what arrives goes to the disk as it comes, so that memory holds a
 *  few chunks whatever the file's size. */
export class OpfsSink implements FileSink {
  private lastId = 0
  private sizeBytes = 0
  private ended = false
  private readonly waiting = new Map<number, Waiting>()

  private constructor(
    private readonly worker: Worker,
    private readonly fileId: Uint8Array,
  ) {
    worker.addEventListener("message", ({ data }: MessageEvent<OpfsReply>) => {
      const waiting = this.waiting.get(data.id)
      this.waiting.delete(data.id)
      if ("result" in data) waiting?.resolve(data.result)
      else waiting?.reject(data.full ? noSpace() : broken(data.fault))
    })
    worker.addEventListener("error", ({ message }) => {
      for (const { reject } of this.waiting.values()) reject(broken(message))
      this.waiting.clear()
    })
  }

  /** Takes up the part of an earlier attempt. @param sizeBytes of the whole file
   *  @throws AppError "files/browser-space" when the browser cannot hold it, "files/sink" when another tab writes it */
  static async open(fileId: Uint8Array, sizeBytes: number): Promise<OpfsSink> {
    const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate()
    const worker = new Worker(new URL("./opfs-worker.ts", import.meta.url), { type: "module" })
    const sink = new OpfsSink(worker, fileId)
    try {
      const there = await sink.call({ op: "open", folder: RECEIVED_FOLDER, name: partName(fileId) })
      sink.sizeBytes = Number(there)
      if (sizeBytes - sink.sizeBytes > quota - usage) throw noSpace()
      return sink
    } catch (error) {
      await sink.close()
      throw error
    }
  }

  size(): Promise<number> {
    return Promise.resolve(this.sizeBytes)
  }

  async read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    const bytes = await this.call({ op: "read", offset, sizeBytes })
    if (!(bytes instanceof Uint8Array) || bytes.length !== sizeBytes) throw broken("it is shorter than it was")
    return bytes
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.sizeBytes = Number(await this.call({ op: "truncate", sizeBytes }))
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.sizeBytes = Number(await this.call({ op: "append", bytes }, [bytes.buffer]))
  }

  async commit(): Promise<void> {
    await this.call({ op: "flush" })
    await this.close()
    await markWhole(this.fileId)
  }

  async discard(): Promise<void> {
    await this.close()
    await forgetReceived(this.fileId)
  }

  async close(): Promise<void> {
    if (this.ended) return
    try {
      await this.call({ op: "close" })
    } finally {
      this.ended = true
      this.worker.terminate()
    }
  }

  private call(call: OpfsCall, transfer: Transferable[] = []): Promise<number | Uint8Array> {
    if (this.ended) return Promise.reject(broken("it is closed"))
    return new Promise((resolve, reject) => {
      const id = ++this.lastId
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ ...call, id }, transfer)
    })
  }
}

const noSpace = (): AppError =>
  new AppError("files/browser-space", "this browser has no space for the file; free some of the disk and try again")

const broken = (why: string): AppError =>
  new AppError("files/sink", `the browser cannot keep the file (${why}); close other tabs of this page and try again`)
