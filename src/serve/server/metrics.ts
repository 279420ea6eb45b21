import { Counter, Gauge, Registry, Summary } from "prom-client"

/** Part of the latencies that are at most as long, by the name that a summary gives it. */
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

export type StageSummary = Record<keyof typeof quantiles | "count" | "meanMs", number>

/** Counters and latencies of one server for Prometheus. Quantiles are of the last ten minutes. */
export class ServerMetrics {
  private readonly registry = new Registry()
  private readonly outcomes = new Counter({
    name: "sourceprint_outcomes_total",
    help: "What sign-ins, enrolments and other events came to",
    labelNames: ["event", "reason"],
    registers: [this.registry],
  })
  private readonly stages = new Summary({
    name: "sourceprint_stage_seconds",
    help: "How long each stage of the work took",
    labelNames: ["stage"],
    percentiles: Object.values(quantiles),
    maxAgeSeconds: 600,
    ageBuckets: 5,
    registers: [this.registry],
  })
  private readonly counters = new Map<string, Counter>()

  outcome(event: string, reason: string): void {
    this.outcomes.inc({ event, reason })
  }

  /** A counter without labels. */
  count(name: string, more: number): void {
    let counter = this.counters.get(name)
    if (counter === undefined) {
      const help = name.replaceAll("_", " ")
      counter = new Counter({ name: `sourceprint_${name}_total`, help, registers: [this.registry] })
      this.counters.set(name, counter)
    }
    counter.inc(more)
  }

  stage(name: string, ms: number): void {
    this.stages.observe({ stage: name }, ms / 1000)
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

  /** A later one of the same name takes its place. */
  gauge(name: string, read: () => number): void {
    this.registry.removeSingleMetric(`sourceprint_${name}`)
    new Gauge({
      name: `sourceprint_${name}`,
      help: name.replaceAll("_", " "),
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** Mean and quantiles in ms by stage. */
  async stageSummary(): Promise<Record<string, StageSummary>> {
    const { values } = await this.stages.get()
    const of = (stage: string, part: string | number): number =>
      values.find(({ labels, metricName }) => {
        const { quantile }: Readonly<Record<string, unknown>> = labels
        return labels.stage === stage && (quantile === part || metricName?.endsWith(`_${part}`))
      })?.value ?? 0
    const names = [...new Set(values.map(({ labels }) => String(labels.stage)))]
    return Object.fromEntries(
      names.map((stage) => {
        const count = of(stage, "count")
        const ms = (quantile: number): number => 1000 * of(stage, quantile)
        const meanMs = (1000 * of(stage, "sum")) / Math.max(1, count)
        const { p50, p95, p99 } = quantiles
        return [stage, { count, meanMs, p50: ms(p50), p95: ms(p95), p99: ms(p99) }]
      }),
    )
  }

  /** Since the start, by event and reason. */
  async outcomeCounts(): Promise<{ event: string; reason: string; count: number }[]> {
    const { values } = await this.outcomes.get()
    return values.map(({ labels, value }) => ({
      event: String(labels.event),
      reason: String(labels.reason),
      count: value,
    }))
  }

  /** In the text format of Prometheus 0.0.4. */
  render(): Promise<string> {
    return this.registry.metrics()
  }
}
