import type { Clock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { AuditEvent, Store } from "../store/store.js"

export const DAY_MS = 86_400_000

/** Deletes all entries of the audit log that are older than `keepDays`, in short steps.
 *  @param audit what is appended for each step @returns how many were deleted
 *  @throws AppError "audit/broken" when the log was meddled with */
export async function pruneOlder(
  store: Pick<Store, "pruneAudit">,
  keepDays: number,
  audit: AuditEvent,
  stopped: () => boolean = () => false,
): Promise<number> {
  const beforeMs = audit.atMs - keepDays * DAY_MS
  let pruned = 0
  while (!stopped()) {
    const more = await store.pruneAudit(beforeMs, audit)
    if (more === 0) break
    pruned += more
  }
  return pruned
}

export interface RetentionDeps {
  readonly store: Pick<Store, "pruneAudit">
  readonly clock: Clock
  readonly log: Log
}

/** Prunes the server's audit log at the start and once a day: rarely, since each time appends an entry. */
export class AuditRetention {
  private readonly timer: NodeJS.Timeout
  private pruning: Promise<void>
  private stopped = false

  constructor(
    private readonly deps: RetentionDeps,
    private readonly keepDays: number,
  ) {
    this.timer = setInterval(() => void this.prune(), DAY_MS)
    this.pruning = this.pruneOnce()
  }

  /** One after another. */
  prune(): Promise<void> {
    this.pruning = this.pruning.then(() => this.pruneOnce())
    return this.pruning
  }

  async stop(): Promise<void> {
    this.stopped = true
    clearInterval(this.timer)
    await this.pruning
  }

  private async pruneOnce(): Promise<void> {
    const { store, clock, log } = this.deps
    const audit = { atMs: clock.nowMs(), event: "server", reason: "audit-pruned" }
    try {
      const pruned = await pruneOlder(store, this.keepDays, audit, () => this.stopped)
      if (pruned > 0) log.info("audit.pruned", { entries: pruned })
    } catch (error) {
      log.error("audit.prune", { why: messageOf(error) })
    }
  }
}
