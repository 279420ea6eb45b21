import { sql, type Transaction } from "kysely"
import { ChatNotices } from "./chat/chat-notices.js"
import { forgetAccount } from "./chat/client-rows.js"
import { appendEntries, entryOf } from "./sql/audit-log.js"
import { type SqlDatabase, toBytes } from "./sql/database.js"
import { accountOf, deviceOf, sessionOf, sessionRow, templateOf, templateRow } from "./sql/rows.js"
import type { Tables } from "./sql/schema.js"
import { readSealed, swapSealed } from "./sql/sealed-values.js"
import type {
  AcceptedSignIn,
  Account,
  AuditEntry,
  AuditEvent,
  Failures,
  NewAccount,
  SealedKind,
  Store,
  StoredDevice,
  StoredSession,
  StoredTemplate,
} from "./store.js"

/** Thrown inside a transaction to undo it; the name is the answer. Never leaves this file. */
class Refused<Why extends string> extends Error {
  constructor(readonly why: Why) {
    super(why)
  }
}

/** Store over SQLite or PostgreSQL. Uniqueness is the database's business, so several servers may share it. */
export class SqlStore implements Store {
  constructor(
    private readonly database: SqlDatabase,
    private readonly auditKey: Uint8Array,
  ) {}

  private get db() {
    return this.database.db
  }

  static async secretOf({ db }: SqlDatabase, name: string, create: () => Uint8Array): Promise<Uint8Array> {
    const find = () => db.selectFrom("secrets").select("sealed").where("name", "=", name).executeTakeFirst()
    let found = await find()
    if (found === undefined) {
      await db
        .insertInto("secrets")
        .values({ name, sealed: create() })
        .onConflict((c) => c.doNothing())
        .execute()
      found = await find()
    }
    if (found === undefined) throw new Error(`the secret ${name} was deleted while it was made`)
    return toBytes(found.sealed)
  }

  secret(name: string, create: () => Uint8Array): Promise<Uint8Array> {
    return SqlStore.secretOf(this.database, name, create)
  }

  private async transact<const Done extends string, Why extends string>(
    done: Done,
    audit: AuditEvent,
    work: (trx: Transaction<Tables>) => Promise<void>,
    asRefused: (error: unknown) => Why | undefined,
  ): Promise<Done | Why> {
    try {
      await this.db.transaction().execute(async (trx) => {
        await work(trx)
        await appendEntries(this.database, trx, this.auditKey, [audit])
      })
      return done
    } catch (error) {
      const why = asRefused(error)
      if (why !== undefined) return why
      throw error
    }
  }

  createAccount({ account, nameKey, templates, enrolmentHash, codeHash, imageDigests, audit }: NewAccount) {
    const work = async (trx: Transaction<Tables>) => {
      if (codeHash !== undefined) {
        const usable = await trx
          .updateTable("codes")
          .set({ used: 1 })
          .where("hash", "=", codeHash)
          .where("used", "=", 0)
          .where("expires_at_ms", ">", account.createdAtMs)
          .executeTakeFirst()
        if (usable.numUpdatedRows === 0n) throw new Refused("code")
      }
      const inserted = await trx
        .insertInto("accounts")
        .values({
          id: account.id,
          name: account.name,
          name_key: nameKey,
          sealed_record: account.sealedRecord,
          operator: 0,
          disabled: 0,
          created_at_ms: account.createdAtMs,
          enrolment_hash: enrolmentHash,
        })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows === 0n) throw new Refused("name")
      await insertTemplates(trx, templates)
      await insertImages(trx, imageDigests)
    }
    return this.transact("created", audit, work, refusedAs(["name", "code", "replay"]))
  }

  addTemplates(templates: readonly StoredTemplate[], imageDigests: readonly string[], audit: AuditEvent) {
    const work = async (trx: Transaction<Tables>) => {
      await insertTemplates(trx, templates)
      await insertImages(trx, imageDigests)
    }
    return this.transact("added", audit, work, refusedAs(["replay"]))
  }

  private async accountWhere(
    column: "id" | "name_key" | "enrolment_hash",
    value: string,
  ): Promise<Account | undefined> {
    const row = await this.db.selectFrom("accounts").selectAll().where(column, "=", value).executeTakeFirst()
    return row && accountOf(row)
  }
  accountByName = (nameKey: string): Promise<Account | undefined> => this.accountWhere("name_key", nameKey)
  account = (id: string): Promise<Account | undefined> => this.accountWhere("id", id)
  accountByEnrolment = (hash: string): Promise<Account | undefined> =>
    this.accountWhere("enrolment_hash", hash)

  async accounts(): Promise<Account[]> {
    return (await this.db.selectFrom("accounts").selectAll().orderBy("name_key").execute()).map(accountOf)
  }

  private changed(work: (trx: Transaction<Tables>) => Promise<bigint>, audit: AuditEvent): Promise<boolean> {
    return this.db.transaction().execute(async (trx) => {
      if ((await work(trx)) === 0n) return false
      await appendEntries(this.database, trx, this.auditKey, [audit])
      return true
    })
  }

  updateAccount(
    id: string,
    change: { operator?: boolean; disabled?: boolean },
    audit: AuditEvent,
  ): Promise<boolean> {
    const set = Object.fromEntries(Object.entries(change).map(([key, on]) => [key, on ? 1 : 0]))
    return this.changed(async (trx) => {
      if (change.disabled) await trx.deleteFrom("sessions").where("account_id", "=", id).execute()
      return (await trx.updateTable("accounts").set(set).where("id", "=", id).executeTakeFirst())
        .numUpdatedRows
    }, audit)
  }

  async deleteAccount(id: string, audit: AuditEvent): Promise<boolean> {
    const done = await this.changed(async (trx) => {
      const account = await trx
        .selectFrom("accounts")
        .select("name_key")
        .where("id", "=", id)
        .executeTakeFirst()
      if (account === undefined) return 0n
      for (const table of ["templates", "sessions", "familiar", "recovery_codes"] as const) {
        await trx.deleteFrom(table).where("account_id", "=", id).execute()
      }
      await forgetAccount(this.database, trx, new ChatNotices(this.database, "account"), id, audit.atMs)
      const gone = await trx.deleteFrom("accounts").where("id", "=", id).executeTakeFirst()
      return gone.numDeletedRows
    }, audit)
    // The write-ahead log would go on holding the old pages until its next turn.
    if (done && this.database.kind === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(this.db)
    return done
  }

  removeTemplate(accountId: string, id: string, audit: AuditEvent): Promise<boolean> {
    return this.changed(async (trx) => {
      const own = trx.deleteFrom("templates").where("account_id", "=", accountId).where("id", "=", id)
      return (await own.executeTakeFirst()).numDeletedRows
    }, audit)
  }

  async replaceRecoveryCodes(accountId: string, hashes: readonly string[], audit: AuditEvent): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom("recovery_codes").where("account_id", "=", accountId).execute()
      const rows = hashes.map((hash) => ({ hash, account_id: accountId }))
      if (rows.length > 0) await trx.insertInto("recovery_codes").values(rows).execute()
      await appendEntries(this.database, trx, this.auditKey, [audit])
    })
  }

  async recoveryCodesLeft(accountId: string): Promise<number> {
    const rows = await this.db
      .selectFrom("recovery_codes")
      .select("hash")
      .where("account_id", "=", accountId)
      .execute()
    return rows.length
  }

  async templates(accountId: string): Promise<StoredTemplate[]> {
    const rows = await this.db
      .selectFrom("templates")
      .selectAll()
      .where("account_id", "=", accountId)
      .orderBy("id")
      .execute()
    return rows.map(templateOf)
  }

  addDevice(device: Omit<StoredDevice, "revokedAtMs">, audit: AuditEvent): Promise<boolean> {
    return this.changed(async (trx) => {
      const row = {
        id: device.id,
        scanner_id: device.scannerId,
        public_key: device.publicKey,
        created_at_ms: device.createdAtMs,
        revoked_at_ms: null,
      }
      const inserted = await trx
        .insertInto("devices")
        .values(row)
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows ?? 0n
    }, audit)
  }

  async device(id: string): Promise<StoredDevice | undefined> {
    const row = await this.db.selectFrom("devices").selectAll().where("id", "=", id).executeTakeFirst()
    return row && deviceOf(row)
  }

  async devices(): Promise<StoredDevice[]> {
    return (await this.db.selectFrom("devices").selectAll().orderBy("id").execute()).map(deviceOf)
  }

  revokeDevice(id: string, audit: AuditEvent): Promise<boolean> {
    return this.changed(async (trx) => {
      await trx.deleteFrom("sessions").where("device_id", "=", id).execute()
      const revoked = trx.updateTable("devices").set({ revoked_at_ms: audit.atMs }).where("id", "=", id)
      return (await revoked.where("revoked_at_ms", "is", null).executeTakeFirst()).numUpdatedRows
    }, audit)
  }

  async addCode(codeHash: string, expiresAtMs: number): Promise<void> {
    await this.db
      .insertInto("codes")
      .values({ hash: codeHash, expires_at_ms: expiresAtMs, used: 0 })
      .execute()
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
    const row = await this.db
      .selectFrom("images")
      .select("digest")
      .where("digest", "=", digest)
      .executeTakeFirst()
    return row !== undefined
  }

  acceptSignIn({ session, imageDigests, recoveryHash, audit }: AcceptedSignIn) {
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
    }
    return this.transact("accepted", audit, work, refusedAs(["replay", "recovery"]))
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

  async isFamiliar(accountId: string, deviceId: string): Promise<boolean> {
    const query = this.db.selectFrom("familiar").select("device_id").where("account_id", "=", accountId)
    return (await query.where("device_id", "=", deviceId).executeTakeFirst()) !== undefined
  }

  async familiarDevices(accountId: string): Promise<StoredDevice[]> {
    const rows = await this.db
      .selectFrom("devices")
      .innerJoin("familiar", "familiar.device_id", "devices.id")
      .selectAll("devices")
      .where("familiar.account_id", "=", accountId)
      .orderBy("devices.id")
      .execute()
    return rows.map(deviceOf)
  }

  async failures(keys: readonly string[]): Promise<Map<string, Failures>> {
    if (keys.length === 0) return new Map()
    const rows = await this.db.selectFrom("failures").selectAll().where("key", "in", keys).execute()
    return new Map(rows.map((row) => [row.key, { count: row.count, lastMs: row.last_ms }]))
  }

  async addFailure(keys: readonly string[], nowMs: number, forgetAfterMs: number): Promise<void> {
    if (keys.length === 0) return
    const rows = [...keys]
      .sort()
      .map((key) => ({ key, count: 1, last_ms: nowMs, forget_at_ms: nowMs + forgetAfterMs }))
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

  async appendAudit(events: readonly AuditEvent[]): Promise<void> {
    await this.db.transaction().execute((trx) => appendEntries(this.database, trx, this.auditKey, events))
  }

  async auditAfter(seq: number, limit: number): Promise<AuditEntry[]> {
    const query = this.db.selectFrom("audit").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit)
    return (await query.execute()).map(entryOf)
  }

  async auditHead() {
    const row = await this.db.selectFrom("audit_head").select(["seq", "hash", "seal"]).executeTakeFirst()
    return row
  }

  sealedValues(kind: SealedKind): Promise<{ id: string; sealed: Uint8Array }[]> {
    return readSealed(this.db, kind)
  }

  replaceSealed(kind: SealedKind, id: string, before: Uint8Array, after: Uint8Array): Promise<boolean> {
    return swapSealed(this.db, kind, id, before, after)
  }

  /** Nonces stay a day: the longest that a challenge could be argued to live is a minute. */
  async prune(nowMs: number): Promise<void> {
    await this.db
      .deleteFrom("nonces")
      .where("used_at_ms", "<", nowMs - 86_400_000)
      .execute()
    await this.db.deleteFrom("sessions").where("expires_at_ms", "<=", nowMs).execute()
    await this.db.deleteFrom("failures").where("forget_at_ms", "<=", nowMs).execute()
    await this.db.deleteFrom("codes").where("expires_at_ms", "<=", nowMs).execute()
  }

  async close(): Promise<void> {
    await this.database.close()
  }
}

const refusedAs =
  <const Why extends string>(reasons: readonly Why[]) =>
  (error: unknown): Why | undefined =>
    error instanceof Refused ? reasons.find((why) => why === error.why) : undefined

async function insertTemplates(
  trx: Transaction<Tables>,
  templates: readonly StoredTemplate[],
): Promise<void> {
  if (templates.length > 0) await trx.insertInto("templates").values(templates.map(templateRow)).execute()
}

async function insertImages(trx: Transaction<Tables>, digests: readonly string[]): Promise<void> {
  for (const digest of digests) {
    const inserted = await trx
      .insertInto("images")
      .values({ digest })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 0n) throw new Refused("replay")
  }
}
