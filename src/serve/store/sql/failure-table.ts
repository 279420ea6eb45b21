import { sql } from "kysely"
import type { Failures } from "../store.js"
import type { SqlDatabase } from "./database.js"

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
