/** So many a second, and so many at once. */
export class TokenBucket {
  private tokens: number
  private atMs: number

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.tokens = burst
    this.atMs = nowMs
  }

  /** Takes one and says how long to wait before using it, ms; undefined, and nothing taken, where that would be longer
   *  than `patienceMs`. */
  take(nowMs: number, patienceMs: number): number | undefined {
    const filled = this.tokens + ((nowMs - this.atMs) / 1000) * this.perSecond
    this.atMs = nowMs
    this.tokens = Math.min(this.burst, filled)
    const waitMs = Math.max(0, ((1 - this.tokens) / this.perSecond) * 1000)
    if (waitMs > patienceMs) return undefined
    this.tokens--
    return waitMs
  }

  /** True when it has been left alone for so long that it is full again. */
  isFull(nowMs: number): boolean {
    return this.tokens + ((nowMs - this.atMs) / 1000) * this.perSecond >= this.burst
  }
}

/** One bucket a key; full ones are forgotten. */
export class TokenBuckets {
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {}

  take(key: string, nowMs: number, patienceMs: number): number | undefined {
    let bucket = this.buckets.get(key)
    if (bucket === undefined) {
      bucket = new TokenBucket(this.perSecond, this.burst, nowMs)
      this.buckets.set(key, bucket)
    }
    return bucket.take(nowMs, patienceMs)
  }

  forget(nowMs: number): void {
    for (const [key, bucket] of this.buckets) if (bucket.isFull(nowMs)) this.buckets.delete(key)
  }
}
