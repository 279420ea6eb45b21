import { AppError } from "@sourceprint/core/errors.js"
import type { FaceAnswer, FaceRequest } from "./face-request.js"
import type { Look } from "./face-sight.js"

export interface Looked {
  readonly look: Look
  /** The frame that was looked at, RGBA. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

/** The worker that finds faces; one look at a time. */
export class FaceWatcher {
  private readonly worker: Worker
  private lastId = 0
  private waiting: { resolve(looked: Looked): void; reject(error: Error): void } | undefined
  private broken: AppError | undefined
  /** Rejects with AppError "page/face-worker" when the detector cannot be loaded here. */
  readonly ready: Promise<void>

  constructor() {
    this.worker = new Worker(new URL("./face-worker.ts", import.meta.url), { type: "module", name: "face" })
    this.ready = new Promise((resolve, reject) => {
      this.worker.addEventListener("message", ({ data }: MessageEvent<FaceAnswer>) => {
        if (data.kind === "ready") resolve()
        else if (data.kind === "look") this.take(data)
        else reject(this.fail(data.why))
      })
      this.worker.addEventListener("error", (event) => reject(this.fail(event.message)))
    })
    this.ready.catch(() => undefined) // whoever waits for it hears of it; nobody has to
  }

  private take({ id, look, rgba }: Extract<FaceAnswer, { kind: "look" }>): void {
    if (id !== this.lastId) return
    this.waiting?.resolve({ look, rgba })
    this.waiting = undefined
  }

  private fail(why: string): AppError {
    this.broken ??= new AppError(
      "page/face-worker",
      `the face detector does not run in this browser (${why}); close other tabs or use another browser`,
    )
    this.waiting?.reject(this.broken)
    this.waiting = undefined
    return this.broken
  }

  /** @throws AppError "page/face-worker" */
  look(rgba: Uint8ClampedArray<ArrayBuffer>, widthPx: number, heightPx: number): Promise<Looked> {
    if (this.waiting !== undefined) throw new TypeError("one look at a time")
    if (this.broken !== undefined) return Promise.reject(this.broken)
    const request: FaceRequest = { id: ++this.lastId, widthPx, heightPx, rgba }
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.worker.postMessage(request, [rgba.buffer])
    })
  }

  close(): void {
    this.worker.terminate()
  }
}
