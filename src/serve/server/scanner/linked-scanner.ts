import { equalConstantTime } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { clockSkew } from "@sourceprint/protocol/clock-skew.js"
import { type CaptureMessage, DeviceState, MessageType } from "@sourceprint/protocol/message.js"
import { type JobEnd, Stage, type TouchRequest, Unable } from "@sourceprint/protocol/scanner-progress.js"
import type { StoredDevice } from "../../store/store.js"
import type { PeerEnd, SecurePeer } from "../auth/secure-peer.js"
import { WorkQueue } from "../auth/work-queue.js"

/** Sign-ins that may wait for one scanner beside the one that it serves. */
const WAITING = 4
/** Captures for a challenge that is not, or no longer, outstanding: late ones happen, a stream of them does not. */
const MAX_STRAYS = 20

export interface ScannerTiming {
  /** How often a linked device is asked whether it is there. */
  readonly everyMs: number
  /** How long it may take to answer. */
  readonly answerMs: number
}
export const defaultTiming: ScannerTiming = { everyMs: 20_000, answerMs: 10_000 }

interface Job {
  readonly challenge: Uint8Array
  capturing(): void
  settle(result: CaptureMessage | Unable): void
}

/** One linked device: asks it for touches, one at a time, and knows when it is gone. */
export class LinkedScanner {
  private readonly line = new WorkQueue(1, WAITING)
  private job: Job | undefined
  private askedAtMs = 0
  private over = false
  /** Of its last capture on this connection; the next must be higher. */
  lastSequence = 0

  constructor(
    private readonly peer: SecurePeer,
    readonly device: StoredDevice,
    readonly words: string,
    /** Of this connection; the device's captures are signed over it. */
    readonly h0: Uint8Array,
    /** How far its clock is ahead of ours, learnt again at every sign of life. */
    public skewMs: number,
    private readonly clock: Clock,
    private readonly timing: ScannerTiming,
  ) {}

  /** Sign-ins at it or in line. */
  get jobs(): number {
    return this.line.runningJobs + this.line.waitingJobs
  }

  close(): void {
    this.peer.close()
  }

  /** The work with this scanner to itself; "busy" when the line is full. */
  alone<T>(work: () => Promise<T>): Promise<T | "busy"> {
    return this.line.run(work)
  }

  /** Has the device ask for a touch and waits for the capture, which is not yet checked. Only inside `alone`.
   *  @param signal aborted when nobody waits for it any more */
  async capture(
    request: TouchRequest,
    challenge: Uint8Array,
    { signal, capturing }: { readonly signal: AbortSignal; capturing(): void },
  ): Promise<CaptureMessage | Unable | "gone"> {
    if (this.over) return Unable.unlinked
    if (signal.aborted) return "gone"
    let timer: NodeJS.Timeout | undefined
    let onAbort = (): void => {}
    try {
      return await new Promise((resolve, reject) => {
        this.job = { challenge, capturing, settle: resolve }
        timer = setTimeout(() => resolve(Unable.noFinger), request.windowMs + this.timing.answerMs)
        onAbort = () => resolve("gone")
        signal.addEventListener("abort", onAbort, { once: true })
        this.ask(request, challenge).catch(reject)
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener("abort", onAbort)
      this.job = undefined
    }
  }

  /** Both messages are under way when this returns its promise: the end of a touch that nobody waits for any more goes
   *  out behind them, and never between them. */
  private async ask(request: TouchRequest, challenge: Uint8Array): Promise<void> {
    const { windowMs, remaining } = request
    const serverTimeMs = this.clock.nowMs()
    await Promise.all([
      this.peer.send({ type: MessageType.progress, progress: request }),
      this.peer.send({ type: MessageType.challenge, challenge, serverTimeMs, windowMs, remaining }),
    ])
  }

  /** Tells the device what became of its last capture. */
  async tell(end: JobEnd): Promise<void> {
    if (!this.over) {
      await this.peer.send({ type: MessageType.progress, progress: { stage: Stage.ended, end } })
    }
  }

  /** Serves the connection until it ends. @param stillAllowed asked at every sign of life: false ends it
   *  @param onStray a capture that answers no outstanding challenge */
  async serve(stillAllowed: () => Promise<boolean>, onStray: () => Promise<void>): Promise<PeerEnd> {
    const { everyMs, answerMs } = this.timing
    const ping = async (): Promise<void> => {
      this.askedAtMs = this.clock.nowMs()
      await this.peer.send({ type: MessageType.linked, serverTimeMs: this.askedAtMs, everyMs })
    }
    await ping()
    const timer = setInterval(() => void ping(), everyMs)
    try {
      for (let strays = 0; strays <= MAX_STRAYS; ) {
        const received = await this.peer.receive(["finger", "linked"], everyMs + answerMs)
        if (typeof received === "string") return received
        const { message } = received
        const job = this.job !== undefined && this.isFor(this.job, message.challenge) ? this.job : undefined
        if (message.type === MessageType.capture) {
          if (job !== undefined) job.settle(message)
          else {
            strays++
            await onStray()
          }
        } else if (message.state === DeviceState.alive) {
          this.skewMs = clockSkew(this.askedAtMs, message.clientTimeMs, this.clock.nowMs()).skewMs
          if (!(await stillAllowed())) return "closed"
        } else if (message.state === DeviceState.capturing) job?.capturing()
        else job?.settle(unableOf(message.state))
      }
      return "decryption"
    } finally {
      clearInterval(timer)
      this.over = true
      this.job?.settle(Unable.unlinked)
    }
  }

  private isFor(job: Job, challenge: Uint8Array): boolean {
    return equalConstantTime(job.challenge, challenge)
  }
}

function unableOf(state: DeviceState): Unable {
  if (state === DeviceState.noScanner) return Unable.noScanner
  return state === DeviceState.declined ? Unable.declined : Unable.noFinger
}
