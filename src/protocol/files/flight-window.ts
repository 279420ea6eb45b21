/** The most chunks on their way at a time: what an end holds in memory is a few times this many, whatever the file's
 *  size. */
export const MAX_CHUNKS_IN_FLIGHT = 8
const FIRST = 2
/** A chunk that is quicker lets one more go at a time, a slower one lets one fewer. */
const QUICK_MS = 1_000
const SLOW_MS = 4_000

/** How many chunks may be on their way. On a slow line few: a queue of megabytes before it would let requests run into
 *  their time limits and the connection be taken for dead. */
export class FlightWindow {
  private allowed = FIRST

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  get size(): number {
    return this.allowed
  }

  /** Runs the request of one chunk and learns from how long it took. */
  async timed<T>(request: () => Promise<T>): Promise<T> {
    const startMs = this.monotonicMs()
    const answer = await request()
    const tookMs = this.monotonicMs() - startMs
    if (tookMs < QUICK_MS) this.allowed = Math.min(MAX_CHUNKS_IN_FLIGHT, this.allowed + 1)
    else if (tookMs > SLOW_MS) this.allowed = Math.max(1, this.allowed - 1)
    return answer
  }
}
