import type { Emission } from "./faults.js"

/** Where a twin's bytes go. */
export interface LineEnd {
  send(bytes: Uint8Array): void
  unplug(): void
}

/** Its time, ms, and how it is woken later. */
export interface LineClock {
  nowMs(): number
  /** @returns how to cancel it */
  after(delayMs: number, run: () => void): () => void
}

const realClock: LineClock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Lets bytes out no faster than a line of some baud would: 10 bits a byte, a chunk when its last byte would have
 *  arrived. Times add up from the start of a burst, so a late timer does not slow the line down. */
export class PacedLine {
  private readonly waiting: Emission[] = []
  private freeAtMs = 0
  private cancel: (() => void) | undefined

  /** @param baud the line's speed now, or undefined to send at once */
  constructor(
    private readonly end: LineEnd,
    private readonly baud: () => number | undefined,
    private readonly clock: LineClock = realClock,
  ) {}

  push(emissions: readonly Emission[]): void {
    const idle = this.waiting.length === 0 && this.cancel === undefined
    if (idle) this.freeAtMs = Math.max(this.freeAtMs, this.clock.nowMs())
    this.waiting.push(...emissions)
    if (idle) this.advance()
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.waiting.length = 0
    this.cancel?.()
    this.cancel = undefined
  }

  private advance(): void {
    for (;;) {
      const next = this.waiting[0]
      if (next === undefined) return
      const dueMs = this.freeAtMs + this.durationMs(next)
      const waitMs = dueMs - this.clock.nowMs()
      if (waitMs > 0.2) {
        this.cancel = this.clock.after(Math.ceil(waitMs), () => {
          this.cancel = undefined
          this.advance()
        })
        return
      }
      this.waiting.shift()
      this.freeAtMs = dueMs
      if (next.does === "send") this.end.send(next.bytes)
      else if (next.does === "unplug") {
        this.clear()
        this.end.unplug()
      }
    }
  }

  private durationMs(emission: Emission): number {
    if (emission.does === "pause") return emission.ms
    const baud = this.baud()
    return emission.does === "send" && baud !== undefined ? (emission.bytes.length * 10_000) / baud : 0
  }
}
