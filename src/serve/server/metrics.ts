/** Counters and latencies in the text format of Prometheus 0.0.4. Latency sums keep a bounded window for quantiles. */
const WINDOW = 2048

class Latency {
  count = 0
  sumMs = 0
  private readonly recent = new Float64Array(WINDOW)

  observe(ms: number): void {
    this.recent[this.count % WINDOW] = ms
    this.count++
    this.sumMs += ms
  }

  quantile(q: number): number {
    const window = this.recent.slice(0, Math.min(this.count, WINDOW)).sort()
    return window[Math.min(window.length - 1, Math.floor(q * window.length))] ?? 0
  }
}

export class ServerMetrics {
  private readonly outcomes = new Map<string, { event: string; reason: string; count: number }>()
  private readonly counters = new Map<string, number>()
  private readonly stages = new Map<string, Latency>()
  private readonly gauges = new Map<string, () => number>()

  outcome(event: string, reason: string): void {
    const key = `event="${event}",reason="${reason}"`
    const outcome = this.outcomes.get(key)
    if (outcome === undefined) this.outcomes.set(key, { event, reason, count: 1 })
    else outcome.count++
  }

  /** A counter without labels. */
  count(name: string, more: number): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + more)
  }

  counter(name: string): number {
    return this.counters.get(name) ?? 0
  }

  stage(name: string, ms: number): void {
    let latency = this.stages.get(name)
    if (latency === undefined) {
      latency = new Latency()
      this.stages.set(name, latency)
    }
    latency.observe(ms)
  }

  /** Runs the work and notes how long it took. */
  async timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now()
    try {
      return await work()
    } finally {
      this.stage(name, performance.now() - startMs)
    }
  }

  gauge(name: string, read: () => number): void {
    this.gauges.set(name, read)
  }

  /** Mean and quantiles in ms by stage. */
  stageSummary(): Record<string, { count: number; meanMs: number; p50: number; p95: number; p99: number }> {
    return Object.fromEntries(
      [...this.stages].map(([name, latency]) => [
        name,
        {
          count: latency.count,
          meanMs: latency.sumMs / Math.max(1, latency.count),
          p50: latency.quantile(0.5),
          p95: latency.quantile(0.95),
          p99: latency.quantile(0.99),
        },
      ]),
    )
  }

  /** Since the start, by event and reason. */
  outcomeCounts(): { event: string; reason: string; count: number }[] {
    return [...this.outcomes.values()].map((outcome) => ({ ...outcome }))
  }

  render(): string {
    const lines = ["# TYPE sourceprint_outcomes_total counter"]
    for (const [labels, { count }] of this.outcomes)
      lines.push(`sourceprint_outcomes_total{${labels}} ${count}`)
    lines.push("# TYPE sourceprint_stage_seconds summary")
    for (const [name, latency] of this.stages) {
      for (const q of [0.5, 0.95, 0.99]) {
        lines.push(`sourceprint_stage_seconds{stage="${name}",quantile="${q}"} ${latency.quantile(q) / 1000}`)
      }
      lines.push(`sourceprint_stage_seconds_sum{stage="${name}"} ${latency.sumMs / 1000}`)
      lines.push(`sourceprint_stage_seconds_count{stage="${name}"} ${latency.count}`)
    }
    for (const [name, value] of this.counters) {
      lines.push(`# TYPE sourceprint_${name}_total counter`, `sourceprint_${name}_total ${value}`)
    }
    for (const [name, read] of this.gauges) {
      lines.push(`# TYPE sourceprint_${name} gauge`, `sourceprint_${name} ${read()}`)
    }
    return `${lines.join("\n")}\n`
  }
}
