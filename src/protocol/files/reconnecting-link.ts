import { type RetryOptions, withRetry } from "@sourceprint/core/async/with-retry.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { FileLink } from "./file-ports.js"

/** One connection to the server after its pass: an ApplicationLink bound to channel 2. */
export interface OpenLink {
  request(body: Uint8Array): Promise<Uint8Array>
  close(): void
}

export interface ReconnectOptions {
  /** Without one answer for so long, a request is given up. */
  readonly giveUpAfterMs?: number
  readonly sleep?: RetryOptions["sleep"]
  readonly monotonicMs?: () => number
}

/** What may pass by itself. Everything else, a refusal above all, is the caller's. */
const TRANSIENT = new Set([
  "application/closed",
  "application/timeout",
  "application/busy",
  "protocol/closed",
  "client/unreachable",
])

/** FileLink over connections that break: opens one when it is needed, makes another when it is lost, and repeats what
 *  was not answered. All requests of channel 2 may be repeated, so the engines above know nothing of it. */
export class ReconnectingLink implements FileLink {
  private link: Promise<OpenLink> | undefined
  private closed = false
  private heardAtMs: number
  private readonly giveUpAfterMs: number
  private readonly monotonicMs: () => number

  /** @param open connects, resumes the session and hands over the link */
  constructor(
    private readonly open: () => Promise<OpenLink>,
    private readonly options: ReconnectOptions = {},
  ) {
    this.giveUpAfterMs = options.giveUpAfterMs ?? 600_000
    this.monotonicMs = options.monotonicMs ?? (() => performance.now())
    this.heardAtMs = this.monotonicMs()
  }

  async request(body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfStopped(signal)
    const beganAtMs = this.monotonicMs()
    const onFailure = (cause: unknown): void => {
      if (this.monotonicMs() - Math.max(beganAtMs, this.heardAtMs) > this.giveUpAfterMs) {
        const words = "the server has not answered for too long; resume later"
        throw new AppError("files/unreachable", words, { cause })
      }
    }
    const mayPass = (error: unknown): boolean => error instanceof AppError && TRANSIENT.has(error.code)
    const { sleep } = this.options
    const backOff = { firstMs: 250, longestMs: 8_000 }
    const answered = withRetry(() => this.once(body, signal), {
      ...backOff,
      mayPass,
      onFailure,
      signal,
      sleep,
    })
    return await unlessStopped(answered, signal)
  }

  private async once(body: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.closed) throw stoppedError()
    const link = this.current()
    try {
      const asked = link.then((opened) => opened.request(body))
      const answer = await unlessStopped(asked, signal)
      this.heardAtMs = this.monotonicMs()
      return answer
    } catch (error) {
      const code = error instanceof AppError ? error.code : ""
      const refused = code.startsWith("application/refused/")
      if (refused) this.heardAtMs = this.monotonicMs()
      else if (code !== "application/busy" && code !== "files/stopped") this.drop(link)
      throw error
    }
  }

  /** For good: what is under way, and every later request, throws "files/stopped". */
  close(): void {
    this.closed = true
    if (this.link !== undefined) this.drop(this.link)
  }

  private current(): Promise<OpenLink> {
    if (this.link !== undefined) return this.link
    const link = this.open()
    this.link = link
    link.catch(() => this.drop(link))
    return link
  }

  private drop(link: Promise<OpenLink>): void {
    if (this.link === link) this.link = undefined
    link.then(
      (opened) => opened.close(),
      () => {}, // it never opened, and whoever waited for it was told
    )
  }
}

/** The work's outcome, or at once AppError "files/stopped" when the signal comes first. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let stop = (): void => {}
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(stoppedError())
    signal.addEventListener("abort", stop)
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener("abort", stop)
  }
}

/** @throws AppError "files/stopped" */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stoppedError()
}

const stoppedError = (): AppError => new AppError("files/stopped", "the transfer was stopped; it can be resumed")
