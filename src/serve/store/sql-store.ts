import { AccountTable } from "./sql/account-table.js"
import { entryOf } from "./sql/audit-log.js"
import { AuditedDatabase } from "./sql/audited-database.js"
import { type SqlDatabase, toBytes } from "./sql/database.js"
import { DeviceTable } from "./sql/device-table.js"
import { FailureTable } from "./sql/failure-table.js"
import { readSealed, swapSealed } from "./sql/sealed-values.js"
import { SignInTables } from "./sql/sign-in-tables.js"
import type { AuditEntry, AuditEvent, SealedKind, Store } from "./store.js"

/** Store over SQLite or PostgreSQL. Uniqueness is the database's business, so several servers may share it. */
export class SqlStore implements Store {
  private readonly audited: AuditedDatabase
  private readonly accountTable: AccountTable
  private readonly deviceTable: DeviceTable
  private readonly signIns: SignInTables
  private readonly failureTable: FailureTable

  constructor(
    private readonly database: SqlDatabase,
    auditKey: Uint8Array,
  ) {
    this.audited = new AuditedDatabase(database, auditKey)
    this.accountTable = new AccountTable(this.audited)
    this.deviceTable = new DeviceTable(this.audited)
    this.signIns = new SignInTables(this.audited)
    this.failureTable = new FailureTable(database)
  }

  private get db() {
    return this.database.db
  }

  static async secretOf({ db }: SqlDatabase, name: string, fresh: Uint8Array): Promise<Uint8Array> {
    const find = () => db.selectFrom("secrets").select("sealed").where("name", "=", name).executeTakeFirst()
    let found = await find()
    if (found === undefined) {
      await db
        .insertInto("secrets")
        .values({ name, sealed: fresh })
        .onConflict((c) => c.doNothing())
        .execute()
      found = await find()
    }
    if (found === undefined) throw new Error(`the secret ${name} was deleted while it was made`)
    return toBytes(found.sealed)
  }

  secret(name: string, sealed: Uint8Array): Promise<Uint8Array> {
    return SqlStore.secretOf(this.database, name, sealed)
  }

  createAccount: Store["createAccount"] = (...of) => this.accountTable.createAccount(...of)
  addTemplates: Store["addTemplates"] = (...of) => this.accountTable.addTemplates(...of)
  removeTemplate: Store["removeTemplate"] = (...of) => this.accountTable.removeTemplate(...of)
  templates: Store["templates"] = (...of) => this.accountTable.templates(...of)
  looksTaken: Store["looksTaken"] = (...of) => this.accountTable.looksTaken(...of)
  accountByName: Store["accountByName"] = (...of) => this.accountTable.accountByName(...of)
  account: Store["account"] = (...of) => this.accountTable.account(...of)
  accountByEnrolment: Store["accountByEnrolment"] = (...of) => this.accountTable.accountByEnrolment(...of)
  accounts: Store["accounts"] = (...of) => this.accountTable.accounts(...of)
  changePassword: Store["changePassword"] = (...of) => this.accountTable.changePassword(...of)
  updateAccount: Store["updateAccount"] = (...of) => this.accountTable.updateAccount(...of)
  deleteAccount: Store["deleteAccount"] = (...of) => this.accountTable.deleteAccount(...of)
  replaceRecoveryCodes: Store["replaceRecoveryCodes"] = (...of) => this.accountTable.replaceRecoveryCodes(...of)
  recoveryCodesLeft: Store["recoveryCodesLeft"] = (...of) => this.accountTable.recoveryCodesLeft(...of)

  addDevice: Store["addDevice"] = (...of) => this.deviceTable.addDevice(...of)
  device: Store["device"] = (...of) => this.deviceTable.device(...of)
  devices: Store["devices"] = (...of) => this.deviceTable.devices(...of)
  revokeDevice: Store["revokeDevice"] = (...of) => this.deviceTable.revokeDevice(...of)
  isFamiliar: Store["isFamiliar"] = (...of) => this.deviceTable.isFamiliar(...of)
  familiarDevices: Store["familiarDevices"] = (...of) => this.deviceTable.familiarDevices(...of)

  addCode: Store["addCode"] = (...of) => this.signIns.addCode(...of)
  codeUsable: Store["codeUsable"] = (...of) => this.signIns.codeUsable(...of)
  consumeNonce: Store["consumeNonce"] = (...of) => this.signIns.consumeNonce(...of)
  imageSeen: Store["imageSeen"] = (...of) => this.signIns.imageSeen(...of)
  acceptSignIn: Store["acceptSignIn"] = (...of) => this.signIns.acceptSignIn(...of)
  session: Store["session"] = (...of) => this.signIns.session(...of)
  sessions: Store["sessions"] = (...of) => this.signIns.sessions(...of)
  revokeSession: Store["revokeSession"] = (...of) => this.signIns.revokeSession(...of)

  failures: Store["failures"] = (...of) => this.failureTable.failures(...of)
  countAttempt: Store["countAttempt"] = (...of) => this.failureTable.countAttempt(...of)
  addFailure: Store["addFailure"] = (...of) => this.failureTable.addFailure(...of)
  forgiveFailure: Store["forgiveFailure"] = (...of) => this.failureTable.forgiveFailure(...of)
  clearFailures: Store["clearFailures"] = (...of) => this.failureTable.clearFailures(...of)

  async appendAudit(events: readonly AuditEvent[]): Promise<void> {
    await this.db.transaction().execute((trx) => this.audited.append(trx, events))
  }

  async auditAfter(seq: number, limit: number): Promise<AuditEntry[]> {
    const query = this.db.selectFrom("audit").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit)
    return (await query.execute()).map(entryOf)
  }

  async auditHead() {
    const row = await this.db.selectFrom("audit_head").select(["seq", "hash", "seal"]).executeTakeFirst()
    return row
  }

  auditStart() {
    return this.db.selectFrom("audit_start").select(["seq", "hash", "seal"]).executeTakeFirst()
  }

  pruneAudit(beforeMs: number, audit: AuditEvent): Promise<number> {
    return this.audited.prune(beforeMs, audit)
  }

  sealedValues(kind: SealedKind): Promise<{ id: string; sealed: Uint8Array }[]> {
    return readSealed(this.db, kind)
  }

  replaceSealed(kind: SealedKind, id: string, before: Uint8Array, after: Uint8Array): Promise<boolean> {
    return swapSealed(this.db, kind, id, before, after)
  }

  async probe(nowMs: number): Promise<void> {
    const at_ms = nowMs
    await this.db
      .insertInto("probes")
      .values({ one: 1, at_ms })
      .onConflict((c) => c.column("one").doUpdateSet({ at_ms }))
      .execute()
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
