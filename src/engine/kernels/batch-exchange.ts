import { AppError } from "@sourceprint/core/errors.js"

/** Longest that one share waits for the others; the slowest step of a large model takes seconds. */
const PATIENCE_MS = 120_000

/** Room for numbers of so many channels. */
const CAPACITY = 3 * 8192

const arrived = 0
const generation = 1
const failed = 2

/** Adds per-channel numbers over the shares of a batch, so that batch normalisation sees the whole of it. Every share
 *  (a thread) calls `sum` equally often and with equal lengths; each gets the same bits, added in the order of the
 *  shares. A thread waits inside the call, as its kernels are synchronous. */
export class BatchExchange {
  private turn = 0

  private constructor(
    private readonly memory: SharedArrayBuffer,
    private readonly index: number,
    private readonly shares: number,
  ) {}

  /** Shared by all shares of a batch, `BatchExchange.of` gives each its end. */
  static memory(shares: number): SharedArrayBuffer {
    return new SharedArrayBuffer(16 + 2 * shares * CAPACITY * 8)
  }

  static of(memory: SharedArrayBuffer, index: number, shares: number): BatchExchange {
    return new BatchExchange(memory, index, shares)
  }

  private get state(): Int32Array {
    return new Int32Array(this.memory, 0, 3)
  }

  /** Two sets of slots by turns: nobody writes what somebody may still read. */
  private slot(index: number, length: number): Float64Array {
    const at = 16 + ((this.turn % 2) * this.shares + index) * CAPACITY * 8
    return new Float64Array(this.memory, at, length)
  }

  /** `values` become their sums over all shares. @throws AppError "engine/shares" when another share has failed */
  sum(values: Float64Array): void {
    if (values.length > CAPACITY) throw new RangeError(`at most ${CAPACITY} numbers are exchanged at once`)
    this.slot(this.index, values.length).set(values)
    this.wait()
    values.fill(0)
    for (let share = 0; share < this.shares; share++) {
      const other = this.slot(share, values.length)
      for (let i = 0; i < values.length; i++) values[i] += other[i]
    }
    this.turn++
  }

  /** Lets the others go, with an error. */
  fail(): void {
    const { state } = this
    Atomics.store(state, failed, 1)
    Atomics.add(state, generation, 1)
    Atomics.notify(state, generation)
  }

  private wait(): void {
    const { state } = this
    const now = Atomics.load(state, generation)
    if (Atomics.add(state, arrived, 1) === this.shares - 1) {
      Atomics.store(state, arrived, 0)
      Atomics.add(state, generation, 1)
      Atomics.notify(state, generation)
    } else {
      const woken = Atomics.wait(state, generation, now, PATIENCE_MS)
      if (woken === "timed-out") this.fail()
    }
    if (Atomics.load(state, failed) === 1) {
      throw new AppError("engine/shares", "another share of the batch failed, so this one cannot go on")
    }
  }
}

let current: BatchExchange | undefined

/** The exchange that this thread's batch normalisation takes part in, while `work` runs. */
export function withExchange<T>(exchange: BatchExchange | undefined, work: () => T): T {
  const before = current
  current = exchange
  try {
    return work()
  } finally {
    current = before
  }
}

export const currentExchange = (): BatchExchange | undefined => current
