import { AppError } from "@sourceprint/core/errors.js"

/** Longest that one shard waits for the others; the slowest step of a large model takes seconds. */
const PATIENCE_MS = 120_000

/** Room for numbers of so many channels. */
const CAPACITY = 3 * 8192

const arrived = 0
const generation = 1
const failed = 2

/** Adds per-channel numbers over the shards of a batch, so that batch normalisation sees the whole of it. Every shard
 *  (a thread) calls `sum` equally often and with equal lengths; each gets the same bits, added in the order of the
 *  shards. A thread waits inside the call, as its kernels are synchronous. */
export class BatchExchange {
  private turn = 0

  private constructor(
    private readonly memory: SharedArrayBuffer,
    private readonly index: number,
    private readonly shards: number,
  ) {}

  /** Shared by all shards of a batch, `BatchExchange.of` gives each its end. */
  static memory(shards: number): SharedArrayBuffer {
    return new SharedArrayBuffer(16 + 2 * shards * CAPACITY * 8)
  }

  static of(memory: SharedArrayBuffer, index: number, shards: number): BatchExchange {
    return new BatchExchange(memory, index, shards)
  }

  private get state(): Int32Array {
    return new Int32Array(this.memory, 0, 3)
  }

  /** Two sets of slots by turns: nobody writes what somebody may still read. */
  private slot(index: number, length: number): Float64Array {
    const at = 16 + ((this.turn % 2) * this.shards + index) * CAPACITY * 8
    return new Float64Array(this.memory, at, length)
  }

  /** `values` become their sums over all shards. @throws AppError "engine/shards" when another shard has failed */
  sum(values: Float64Array): void {
    if (values.length > CAPACITY) throw new RangeError(`at most ${CAPACITY} numbers are exchanged at once`)
    this.slot(this.index, values.length).set(values)
    this.wait()
    values.fill(0)
    for (let shard = 0; shard < this.shards; shard++) {
      const other = this.slot(shard, values.length)
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
    if (Atomics.add(state, arrived, 1) === this.shards - 1) {
      Atomics.store(state, arrived, 0)
      Atomics.add(state, generation, 1)
      Atomics.notify(state, generation)
    } else {
      const woken = Atomics.wait(state, generation, now, PATIENCE_MS)
      if (woken === "timed-out") this.fail()
    }
    if (Atomics.load(state, failed) === 1) {
      throw new AppError("engine/shards", "another shard of the batch failed, so this one cannot continue")
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
