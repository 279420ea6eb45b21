import { type SqlDatabase, toBytes } from "../sql/database.js"
import type { KeptImage, StudyStore } from "./study-store.js"

/** Over SQLite or PostgreSQL. */
export class SqlStudyStore implements StudyStore {
  constructor(private readonly database: SqlDatabase) {}

  private get db() {
    return this.database.db
  }

  async keep({ id, accountId, deviceId, scannerId, outcome, atMs, sealed }: KeptImage): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const account = trx.selectFrom("accounts").select("id").where("id", "=", accountId)
      if ((await account.executeTakeFirst()) === undefined) return
      const row = { account_id: accountId, device_id: deviceId, scanner_id: scannerId, at_ms: atMs }
      await trx
        .insertInto("kept_images")
        .values({ id, ...row, outcome, sealed })
        .execute()
    })
  }

  async after(id: string, limit: number): Promise<KeptImage[]> {
    const query = this.db.selectFrom("kept_images").selectAll().where("id", ">", id).orderBy("id").limit(limit)
    return (await query.execute()).map((row) => ({
      id: row.id,
      accountId: row.account_id,
      deviceId: row.device_id,
      scannerId: row.scanner_id,
      outcome: row.outcome,
      atMs: Number(row.at_ms),
      sealed: toBytes(row.sealed),
    }))
  }

  async delete(accountId?: string): Promise<number> {
    const all = this.db.deleteFrom("kept_images")
    const some = accountId === undefined ? all : all.where("account_id", "=", accountId)
    return Number((await some.executeTakeFirst()).numDeletedRows)
  }

  async replaceSealed(id: string, before: Uint8Array, after: Uint8Array): Promise<boolean> {
    const same = this.db.updateTable("kept_images").set({ sealed: after }).where("id", "=", id)
    return (await same.where("sealed", "=", before).executeTakeFirst()).numUpdatedRows === 1n
  }
}
