/** At most `running` jobs at a time and `waiting` more in line; beyond that a job is refused at once, so that load
 *  never turns into memory or into minutes. First come, first served. */
export class WorkQueue {
  private active = 0
  private readonly line: (() => void)[] = []

  constructor(
    private readonly running: number,
    private readonly waiting: number,
  ) {}

  get waitingJobs(): number {
    return this.line.length
  }

  get runningJobs(): number {
    return this.active
  }

  /** The job's result, or "busy" when the line is full. */
  async run<T>(job: () => Promise<T>): Promise<T | "busy"> {
    if (this.active >= this.running) {
      if (this.line.length >= this.waiting) return "busy"
      await new Promise<void>((go) => this.line.push(go)) // whoever ends hands its place over
    } else this.active++
    try {
      return await job()
    } finally {
      const next = this.line.shift()
      if (next === undefined) this.active--
      else next()
    }
  }
}
