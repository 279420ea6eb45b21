import { parentPort, workerData } from "node:worker_threads"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { openFileDatabase } from "./file-database.js"
import type { FileStore } from "./file-store.js"
import { SqlFileStore } from "./sql-file-store.js"

/** What crosses the thread's border. */
export type FileStoreCall = {
  [Method in keyof FileStore]: {
    readonly id: number
    readonly method: Method
    readonly args: Parameters<FileStore[Method]>
  }
}[keyof FileStore]

export type FileStoreReply = {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: string | undefined; readonly message: string }
}

const port = parentPort
if (port === null) throw new TypeError("this file is the body of a worker thread")
const reply = (message: FileStoreReply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
const failed = (id: number, error: unknown): void =>
  reply({
    id,
    error: { code: error instanceof AppError ? error.code : undefined, message: messageOf(error) },
  })

/** Call 0 is the opening. */
try {
  const store: FileStore = new SqlFileStore(await openFileDatabase(workerData as string))
  port.on("message", async ({ id, method, args }: FileStoreCall) => {
    try {
      const call = store[method] as (...args: unknown[]) => Promise<unknown>
      const result = await call.apply(store, args)
      reply({ id, result }, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : [])
      if (method === "close") port.close()
    } catch (error) {
      failed(id, error)
    }
  })
  reply({ id: 0 })
} catch (error) {
  failed(0, error)
}
