import { parentPort } from "node:worker_threads"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { monotonicMs, type StoreCall, type StoreReply } from "./store-thread.js"

/** Whoever asked longer ago than this has given up: what waited behind a locked file is refused together, and does not
 *  hold up what comes after. */
const PATIENCE_MS = 10_000

/** The body of a store's thread: answers the calls of a StoreThread. Call 0 is the opening.
 *  @param open gives what the thread's owner learns of the opening, and a part by its name */
export async function answerCalls(
  open: () => Promise<{ readonly opened: unknown; part(name: string): object }>,
): Promise<void> {
  const port = parentPort
  if (port === null) throw new TypeError("this file is the body of a worker thread")
  const reply = (message: StoreReply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  const failed = (id: number, error: unknown): void =>
    reply({ id, error: { code: error instanceof AppError ? error.code : undefined, message: messageOf(error) } })
  try {
    const { opened, part } = await open()
    port.on("message", async (call: StoreCall) => {
      const { id, method, args } = call
      try {
        if (method !== "close" && monotonicMs() - call.askedAtMs > PATIENCE_MS) throw overdue()
        const target = part(call.part) as Record<string, (...args: readonly unknown[]) => Promise<unknown>>
        const result = await target[method]?.(...args)
        reply({ id, result }, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : [])
      } catch (error) {
        failed(id, error)
      }
      if (method === "close") port.close()
    })
    reply({ id: 0, result: opened })
  } catch (error) {
    failed(0, error)
  }
}

const overdue = (): AppError =>
  new AppError("store/busy", `the store was held up for more than ${PATIENCE_MS / 1000} s: try again`)
