import { delay } from "@sourceprint/core/async/delay.js"
import { defined } from "@sourceprint/core/defined.js"
import type { RoomOperation, RoomOutcome } from "../../store/chat/chat-store.js"

/** Operations in one transaction; more would hold the thread (SQLite) or the locks (PostgreSQL) for too long. */
const MAX_BATCH = 64
const MAX_REST_MS = 20

interface Waiting {
  readonly operation: RoomOperation
  resolve(outcome: RoomOutcome): void
  reject(error: unknown): void
}

/** Brings what many connections write at the same time into one transaction: one commit to disk for all of it. After
 *  each the batcher rests for as long as it took, so that the database never has more than half of the thread, and the
 *  next ones gather meanwhile. */
export class WriteBatcher {
  private waiting: Waiting[] = []
  private running: Promise<void> | undefined

  /** @param apply all of them or, by throwing, none */
  constructor(
    private readonly apply: (operations: readonly RoomOperation[]) => Promise<RoomOutcome[]>,
    private readonly rest: (ms: number) => Promise<void> = delay,
  ) {}

  get length(): number {
    return this.waiting.length
  }

  write(operation: RoomOperation): Promise<RoomOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ operation, resolve, reject })
      this.running ??= this.run()
    })
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.running
  }

  private async run(): Promise<void> {
    await Promise.resolve() // what was asked for in the same turn comes along
    try {
      while (this.waiting.length > 0) {
        const beganMs = performance.now()
        await this.together(this.waiting.splice(0, MAX_BATCH))
        await this.rest(Math.min(MAX_REST_MS, performance.now() - beganMs))
      }
    } finally {
      this.running = undefined // in the same turn as the last look: whoever comes later begins again
    }
  }

  private async together(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.apply(batch.map(({ operation }) => operation))
      for (const [i, { resolve }] of batch.entries()) resolve(defined(outcomes[i], "outcome"))
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      // One of them cannot be done, or the database was away for a moment: each is applied alone.
      else for (const one of batch) await this.together([one])
    }
  }
}
