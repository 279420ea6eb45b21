import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { AppError } from "@sourceprint/core/errors.js"
import type { FileQuota, FileStore, NewFile } from "./file-store.js"
import type { FileStoreReply } from "./file-store-worker.js"

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** FileStore over SQLite on a thread of its own: SQLite blocks the thread that it runs on while the disk is busy, and
 *  the server's thread has chats to carry. */
export class ThreadedFileStore implements FileStore {
  private lastId = 0
  private readonly waiting = new Map<number, Waiting>()
  private ended: Error | undefined

  private constructor(private readonly worker: Worker) {
    worker.on("message", ({ id, result, error }: FileStoreReply) => {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(revived(error))
    })
    worker.on("error", (cause) => this.end(lost(cause)))
    worker.on("exit", () => this.end(lost()))
  }

  /** @param file of SQLite @throws AppError "store/open", "store/newer" */
  static async open(file: string): Promise<ThreadedFileStore> {
    const worker = new Worker(new URL("./file-store-worker.js", import.meta.url), { workerData: file })
    const store = new ThreadedFileStore(worker)
    try {
      await new Promise((resolve, reject) => store.waiting.set(0, { resolve, reject }))
      return store
    } catch (error) {
      await worker.terminate()
      throw error
    }
  }

  begin = (file: NewFile, quota: FileQuota) => this.call("begin", [file, quota])
  file = (id: string) => this.call("file", [id])
  present = (id: string) => this.call("present", [id])
  put = (id: string, index: number, sealed: Uint8Array) => this.call("put", [id, index, sealed])
  chunk = (id: string, index: number) => this.call("chunk", [id, index])
  finish = (id: string, expiresAtMs: number) => this.call("finish", [id, expiresAtMs])
  remove = (id: string) => this.call("remove", [id])
  removeOwner = (ownerId: string) => this.call("removeOwner", [ownerId])
  owners = () => this.call("owners", [])
  usage = (ownerId: string) => this.call("usage", [ownerId])
  totalBytes = () => this.call("totalBytes", [])
  expire = (nowMs: number) => this.call("expire", [nowMs])
  collect = () => this.call("collect", [])

  async close(): Promise<void> {
    if (this.ended !== undefined) return
    const gone = once(this.worker, "exit")
    await this.call("close", [])
    await gone
  }

  private call<Method extends keyof FileStore>(
    method: Method,
    args: Parameters<FileStore[Method]>,
  ): ReturnType<FileStore[Method]> {
    const answer = new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended)
      const id = ++this.lastId
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, method, args })
    })
    return answer as ReturnType<FileStore[Method]>
  }

  private end(error: Error): void {
    this.ended ??= error
    for (const { reject } of this.waiting.values()) reject(this.ended)
    this.waiting.clear()
  }
}

/** The message already ends in the code; AppError would add it again. */
function revived({ code, message }: { code: string | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new AppError(code, message.replace(` [${code}]`, ""))
}

const lost = (cause?: unknown): AppError =>
  new AppError("store/lost", "the file store's thread has ended; restart the server", { cause })
