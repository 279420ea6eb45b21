import { sql, type Transaction } from "kysely"
import { backOffMs } from "../back-off.js"
import type { AttemptLimit, Failures } from "../store.js"
import type { SqlDatabase } from "./database.js"
import type { Tables } from "./schema.js"

/** Undoes what looking at the limits has written. */
class Waits extends Error {
  constructor(readonly waitMs: number) {
    super()
  }
}

/** Failed attempts by key; see `Store`. */
export class FailureTable {
  constructor(private readonly database: SqlDatabase) {}

  private get db() {
    return this.database.db
  }

  async failures(keys: readonly string[]): Promise<Map<string, Failures>> {
    if (keys.length === 0) return new Map()
    const rows = await this.db.selectFrom("failures").selectAll().where("key", "in", keys).execute()
    return new Map(rows.map((row) => [row.key, { count: row.count, lastMs: row.last_ms }]))
  }

  async countAttempt(limits: readonly AttemptLimit[], nowMs: number, forgetAfterMs: number): Promise<number> {
    if (limits.length === 0) return 0
    const forget_at_ms = nowMs + forgetAfterMs
    // Written in one order, so that two attempts with keys in common wait for each other and never in a circle.
    const rows = limits.map(({ key }) => ({ key, count: 0, last_ms: 0, forget_at_ms })).sort(byKey)
    const keys = rows.map(({ key }) => key)
    const ahead = sql<boolean>`failures.last_ms > ${nowMs}`
    const work = async (trx: Transaction<Tables>): Promise<number> => {
      const found = await trx
        .insertInto("failures")
        .values(rows)
        .onConflict((c) =>
          c.column("key").doUpdateSet({
            count: sql<number>`case when failures.forget_at_ms <= ${nowMs} then 0 else failures.count end`,
            last_ms: sql<number>`case when ${ahead} then ${nowMs} else failures.last_ms end`,
            forget_at_ms: sql<number>`case when ${ahead} then ${forget_at_ms} else failures.forget_at_ms end`,
          }),
        )
        .returning(["key", "count", "last_ms", sql<number>`case when last_ms = ${nowMs} then 1 else 0 end`.as("now")])
        .execute()
      const byName = new Map(found.map((row) => [row.key, row]))
      const waits = limits.map((limit) => {
        const { count, last_ms } = byName.get(limit.key) ?? { count: 0, last_ms: 0 }
        return backOffMs(limit, count, last_ms, nowMs)
      })
      const waitMs = Math.max(...waits)
      // Only a time that was corrected has to stay.
      if (waitMs > 0 && found.every(({ now }) => now === 0)) throw new Waits(waitMs)
      if (waitMs > 0) return waitMs
      const set = { count: sql<number>`count + 1`, last_ms: nowMs, forget_at_ms }
      await trx.updateTable("failures").set(set).where("key", "in", keys).execute()
      return 0
    }
    try {
      return await this.db.transaction().execute(work)
    } catch (error) {
      if (error instanceof Waits) return error.waitMs
      throw error
    }
  }

  async addFailure(keys: readonly string[], nowMs: number, forgetAfterMs: number): Promise<void> {
    if (keys.length === 0) return
    const rows = [...keys].sort().map((key) => ({ key, count: 1, last_ms: nowMs, forget_at_ms: nowMs + forgetAfterMs }))
    await this.db
      .insertInto("failures")
      .values(rows)
      .onConflict((c) =>
        c.column("key").doUpdateSet({
          // forgotten failures start over
          count: sql<number>`case when failures.forget_at_ms <= ${nowMs} then 1 else failures.count + 1 end`,
          last_ms: nowMs,
          forget_at_ms: nowMs + forgetAfterMs,
        }),
      )
      .execute()
  }

  async forgiveFailure(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const count = sql<number>`case when count > 0 then count - 1 else 0 end`
    await this.db.updateTable("failures").set({ count }).where("key", "in", keys).execute()
  }

  async clearFailures(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.db.deleteFrom("failures").where("key", "in", keys).execute()
  }
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1)
