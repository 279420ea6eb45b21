import { Worker } from "node:worker_threads"
import { AppError } from "@sourceprint/core/errors.js"
import type { ImpressionRequest, ImpressionSource } from "../impression.js"
import type { ScannerSettings } from "../scanner-settings.js"

/** Makes touches without holding up the wire: a synthetic finger takes a second to grow. */
export interface FingerSimulator {
  readonly width: number
  readonly height: number
  /** One level (0-15) a pixel. @throws AppError "twin/touches" when the touches cannot be made */
  press(request: ImpressionRequest): Promise<Uint8Array>
  close(): Promise<void>
}

/** For sources that are quick. */
export const simulateInline = (touches: ImpressionSource): FingerSimulator => ({
  width: touches.width,
  height: touches.height,
  press: (request) => Promise.resolve(touches.impression(request).nibbles),
  close: () => Promise.resolve(),
})

/** What the thread is asked and what it answers, by number. */
export interface SimulatorRequest {
  readonly id: number
  readonly request: ImpressionRequest
}
export interface SimulatorReply {
  readonly id: number
  readonly nibbles: Uint8Array
}

/** Synthetic touches from a thread of their own. */
export function simulateInThread(seed: number, settings: ScannerSettings): FingerSimulator {
  const worker = new Worker(new URL("./finger-simulator-worker.js", import.meta.url), {
    workerData: { seed, settings },
  })
  const waiting = new Map<number, { resolve(nibbles: Uint8Array): void; reject(error: AppError): void }>()
  let failure: AppError | undefined
  let asked = 0
  worker.on("message", ({ id, nibbles }: SimulatorReply) => {
    waiting.get(id)?.resolve(nibbles)
    waiting.delete(id)
  })
  worker.on("error", (cause) => {
    failure = new AppError("twin/touches", `synthetic touches cannot be made: ${cause.message}`, { cause })
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
  })
  return {
    width: settings.model.widthPx,
    height: settings.model.heightPx,
    press: (request) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        const id = asked++
        waiting.set(id, { resolve, reject })
        return worker.postMessage({ id, request } satisfies SimulatorRequest)
      }),
    close: async () => {
      await worker.terminate()
    },
  }
}
