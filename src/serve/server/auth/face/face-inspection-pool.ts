import { fileURLToPath } from "node:url"
import { MessageChannel } from "node:worker_threads"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { FaceThresholds } from "@sourceprint/match/face/judge-face-capture.js"
import { Piscina } from "piscina"
import type { FaceInspector } from "../inspection/inspector.js"

const HUNG_AFTER_MS = 60_000

/** The product's face inspector, in worker threads apart from the fingers': it keeps an engine of its own in force,
 *  some 450 MB a thread. @throws AppError "serve/faces" */
export async function faceInspectionPool(
  thresholds: FaceThresholds,
  threads: number,
  log: Log,
): Promise<FaceInspector> {
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./face-inspection-worker.js", import.meta.url)),
    workerData: thresholds,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  })
  let matcherId: string
  try {
    const ready = await Promise.all(
      Array.from({ length: threads }, () => pool.run(undefined, { name: "ready" }) as Promise<string>),
    )
    matcherId = defined(ready[0], "thread")
  } catch (cause) {
    await pool.destroy()
    throw new AppError("serve/faces", `the face models cannot be loaded: ${messageOf(cause)}`, { cause })
  }
  return {
    matcherId,
    async judge(request, onLooked = () => {}) {
      const { port1, port2 } = new MessageChannel()
      port1.on("message", onLooked)
      try {
        const signal = AbortSignal.timeout(HUNG_AFTER_MS)
        return await pool.run({ ...request, looked: port2 }, { name: "judge", signal, transferList: [port2] })
      } catch (error) {
        log.error("inspection.fault", { name: "face", why: messageOf(error) })
        return { fault: "quality", detail: {}, template: undefined }
      } finally {
        port1.close()
      }
    },
    close: () => pool.destroy(),
  }
}
