import type { Clock } from "@sourceprint/core/clock.js"
import type { AuditEvent, Store } from "../../store/store.js"
import type { ServerMetrics } from "../metrics.js"
import type { Reason } from "./reason.js"

const WINDOW_MS = 60_000
const NOISE_PER_WINDOW = 30
const MAX_ADDRESSES = 10_000
const MAX_WRITTEN = 10_000
/** What anybody can cause without knowing anything: counted always, written so many times a minute and address. */
const noisy: ReadonlySet<Reason> = new Set<Reason>([
  "size",
  "decryption",
  "timeout",
  "closed",
  "limit",
  "token",
  "linked",
  "unlinked",
])

export interface AuditFacts {
  readonly event: "sign-in" | "enrolment" | "resume" | "connection" | "scanner"
  readonly reason: Reason
  readonly address: string
  readonly accountId?: string | undefined
  readonly deviceId?: string | undefined
  readonly detail?: AuditEvent["detail"]
}

/** Writes the audit log of the running server, and keeps a flood of garbage from filling the disk with it. */
export class AuditWriter {
  private readonly written = new Set<string>()
  private readonly noise = new Map<string, { sinceMs: number; count: number }>()

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly metrics: ServerMetrics,
  ) {}

  event(facts: AuditFacts): AuditEvent {
    return { atMs: this.clock.nowMs(), ...facts }
  }

  /** Counts each, writes the first: a page continues its session at every load, and what matters is from where.
   *  @param what names what would be written again */
  async writeFirst(facts: AuditFacts, what: string): Promise<void> {
    const key = `${what} ${facts.address}`
    if (this.written.has(key)) return this.metrics.outcome(facts.event, facts.reason)
    if (this.written.size >= MAX_WRITTEN) this.written.clear()
    this.written.add(key)
    await this.write(facts)
  }

  async write(facts: AuditFacts): Promise<void> {
    this.metrics.outcome(facts.event, facts.reason)
    let suppressed = 0
    if (noisy.has(facts.reason)) {
      const nowMs = this.clock.nowMs()
      const seen = this.noise.get(facts.address)
      if (seen !== undefined && nowMs - seen.sinceMs < WINDOW_MS) {
        if (++seen.count > NOISE_PER_WINDOW) return
      } else {
        suppressed = Math.max(0, (seen?.count ?? 0) - NOISE_PER_WINDOW)
        if (this.noise.size >= MAX_ADDRESSES) this.noise.clear()
        this.noise.set(facts.address, { sinceMs: nowMs, count: 1 })
      }
    }
    const detail = suppressed > 0 ? { ...facts.detail, suppressedBefore: suppressed } : facts.detail
    await this.store.appendAudit([this.event({ ...facts, detail })])
  }
}
