import type { Transaction } from "kysely"
import type { AuditEvent } from "../store.js"
import { appendEntries, pruneEntries } from "./audit-log.js"
import type { SqlDatabase } from "./database.js"
import type { Tables } from "./schema.js"

/** Thrown inside a transaction to undo it; the name is the answer. Never leaves `transact`. */
export class Refused<Why extends string> extends Error {
  constructor(readonly why: Why) {
    super(why)
  }
}

/** A database whose changes go into the audit log, each in the transaction that makes it. */
export class AuditedDatabase {
  constructor(
    readonly database: SqlDatabase,
    private readonly auditKey: Uint8Array,
  ) {}

  /** `done`, or why `work` threw Refused with one of `reasons`; then nothing was changed. */
  async transact<const Done extends string, const Why extends string>(
    done: Done,
    audit: AuditEvent,
    work: (trx: Transaction<Tables>) => Promise<void>,
    reasons: readonly Why[],
  ): Promise<Done | Why> {
    try {
      await this.database.db.transaction().execute(async (trx) => {
        await work(trx)
        await this.append(trx, [audit])
      })
      return done
    } catch (error) {
      const why = error instanceof Refused ? reasons.find((reason) => reason === error.why) : undefined
      if (why !== undefined) return why
      throw error
    }
  }

  /** False, and nothing written, when `work` changed no row. */
  changed(work: (trx: Transaction<Tables>) => Promise<bigint>, audit: AuditEvent): Promise<boolean> {
    return this.database.db.transaction().execute(async (trx) => {
      if ((await work(trx)) === 0n) return false
      await this.append(trx, [audit])
      return true
    })
  }

  /** See `Store.pruneAudit`. */
  prune(beforeMs: number, audit: AuditEvent): Promise<number> {
    return pruneEntries(this.database, this.auditKey, beforeMs, (trx, last) =>
      this.append(trx, [{ ...audit, detail: { ...audit.detail, ...last } }]),
    )
  }

  append(trx: Transaction<Tables>, events: readonly AuditEvent[]): Promise<void> {
    return appendEntries(this.database, trx, this.auditKey, events)
  }
}
