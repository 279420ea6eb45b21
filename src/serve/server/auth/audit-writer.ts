import type { Clock } from "@sourceprint/core/clock.js"
import type { AuditEvent, Store } from "../../store/store.js"
import type { ServerMetrics } from "../metrics.js"
import type { Reason } from "./reason.js"

const WINDOW_MS = 60_000
const NOISE_PER_ADDRESS = 30
const NOISE_IN_ALL = 120
const MAX_ADDRESSES = 10_000
const MAX_WRITTEN = 10_000
/** What anybody can cause without knowing anything: counted always, written so many times a minute, of an
 *  address and in all; the rest is one entry. */
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

/** Those that a stranger causes alone; once a password was right they are about an account. */
const noisyWithoutAccount: ReadonlySet<Reason> = new Set<Reason>(["device", "freshness", "code", "name"])

const isNoise = ({ reason, accountId }: AuditFacts): boolean =>
  noisy.has(reason) || (accountId === undefined && noisyWithoutAccount.has(reason))

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
  private noise = { sinceMs: Number.NEGATIVE_INFINITY, written: 0, suppressed: 0, byAddress: new Map<string, number>() }

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
    if (!isNoise(facts)) return this.store.appendAudit([this.event(facts)])
    const before = this.turnWindow()
    const { byAddress } = this.noise
    const count = (byAddress.get(facts.address) ?? 0) + 1
    if (count > 1 || byAddress.size < MAX_ADDRESSES) byAddress.set(facts.address, count)
    if (count > NOISE_PER_ADDRESS || this.noise.written >= NOISE_IN_ALL) {
      this.noise.suppressed++
      if (before.length > 0) await this.store.appendAudit(before)
      return
    }
    this.noise.written++
    await this.store.appendAudit([...before, this.event(facts)])
  }

  /** Begins a window when the last one is over. @returns one entry for all that it left out, if it did */
  private turnWindow(): AuditEvent[] {
    const nowMs = this.clock.monotonicMs()
    if (nowMs - this.noise.sinceMs < WINDOW_MS) return []
    const { suppressed, byAddress } = this.noise
    this.noise = { sinceMs: nowMs, written: 0, suppressed: 0, byAddress: new Map() }
    if (suppressed === 0) return []
    const detail = { entries: suppressed, addresses: byAddress.size }
    return [{ atMs: this.clock.nowMs(), event: "connection", reason: "suppressed", detail }]
  }
}
