import pLimit from "p-limit"

/** At most `running` jobs at a time and `waiting` more in line; beyond that a job is refused at once, so that load
 *  never turns into memory or into minutes. First come, first served. */
export class WorkQueue {
  private readonly limit

  constructor(
    running: number,
    private readonly waiting: number,
  ) {
    this.limit = pLimit(running)
  }

  get waitingJobs(): number {
    return this.limit.pendingCount
  }

  get runningJobs(): number {
    return this.limit.activeCount
  }

  /** The job's result, or "busy" when the line is full. */
  run<T>(job: () => Promise<T>): Promise<T | "busy"> {
    const { activeCount, pendingCount, concurrency } = this.limit
    const full = activeCount >= concurrency && pendingCount >= this.waiting
    return full ? Promise.resolve("busy") : this.limit(job)
  }
}
