import type { Transaction } from "kysely"
import type { AcceptedSignIn, StoredSession } from "../store.js"
import { type AuditedDatabase, Refused } from "./audited-database.js"
import { sessionOf, sessionRow } from "./rows.js"
import type { Tables } from "./schema.js"
import { insertImages } from "./seen-images.js"

/** Of an account; the sign-in that is too many has any of the others forgotten. */
const MOST_BROWSERS = 32

async function knowBrowser(
  trx: Transaction<Tables>,
  accountId: string,
  { id, before }: NonNullable<AcceptedSignIn["browser"]>,
): Promise<void> {
  const known = trx.selectFrom("familiar").select("device_id").where("account_id", "=", accountId)
  const ids = (await known.where("device_id", "like", "browser %").execute()).map((row) => row.device_id)
  const others = ids.filter((other) => other !== before)
  const forgotten = [...(before === undefined ? [] : [before]), ...others.slice(MOST_BROWSERS - 1)]
  if (forgotten.length > 0) {
    const rows = trx.deleteFrom("familiar").where("account_id", "=", accountId)
    await rows.where("device_id", "in", forgotten).execute()
  }
  await trx.insertInto("familiar").values({ account_id: accountId, device_id: id }).execute()
}

/** Codes, nonces, images and sessions; see `Store`. */
export class SignInTables {
  constructor(private readonly audited: AuditedDatabase) {}

  private get db() {
    return this.audited.database.db
  }

  async addCode(codeHash: string, expiresAtMs: number): Promise<void> {
    await this.db.insertInto("codes").values({ hash: codeHash, expires_at_ms: expiresAtMs, used: 0 }).execute()
  }

  async codeUsable(codeHash: string, nowMs: number): Promise<boolean> {
    const row = await this.db.selectFrom("codes").selectAll().where("hash", "=", codeHash).executeTakeFirst()
    return row !== undefined && row.used === 0 && row.expires_at_ms > nowMs
  }

  async consumeNonce(nonceHash: string, nowMs: number): Promise<boolean> {
    const insert = this.db.insertInto("nonces").values({ hash: nonceHash, used_at_ms: nowMs })
    return (await insert.onConflict((c) => c.doNothing()).executeTakeFirst()).numInsertedOrUpdatedRows === 1n
  }

  async imageSeen(digest: string): Promise<boolean> {
    const row = await this.db.selectFrom("images").select("digest").where("digest", "=", digest).executeTakeFirst()
    return row !== undefined
  }

  acceptSignIn({ session, imageDigests, recoveryHash, browser, audit }: AcceptedSignIn) {
    const work = async (trx: Transaction<Tables>) => {
      if (recoveryHash !== undefined) {
        const own = trx.deleteFrom("recovery_codes").where("hash", "=", recoveryHash)
        const used = await own.where("account_id", "=", session.accountId).executeTakeFirst()
        if (used.numDeletedRows === 0n) throw new Refused("recovery")
      }
      await insertImages(trx, imageDigests)
      await trx.insertInto("sessions").values(sessionRow(session)).execute()
      if (session.deviceId !== undefined) {
        const pair = { account_id: session.accountId, device_id: session.deviceId }
        await trx
          .insertInto("familiar")
          .values(pair)
          .onConflict((c) => c.doNothing())
          .execute()
      }
      if (browser !== undefined) await knowBrowser(trx, session.accountId, browser)
    }
    return this.audited.transact("accepted", audit, work, ["replay", "recovery"])
  }

  async session(tokenHash: string, nowMs: number): Promise<StoredSession | undefined> {
    const query = this.db.selectFrom("sessions").selectAll().where("token_hash", "=", tokenHash)
    const row = await query.where("expires_at_ms", ">", nowMs).executeTakeFirst()
    return row && sessionOf(row)
  }

  async sessions(accountId: string, nowMs: number): Promise<StoredSession[]> {
    const own = this.db.selectFrom("sessions").selectAll().where("account_id", "=", accountId)
    const rows = await own.where("expires_at_ms", ">", nowMs).orderBy("created_at_ms", "desc").execute()
    return rows.map(sessionOf)
  }

  async revokeSession(tokenHash: string): Promise<boolean> {
    const gone = await this.db.deleteFrom("sessions").where("token_hash", "=", tokenHash).executeTakeFirst()
    return gone.numDeletedRows === 1n
  }
}
