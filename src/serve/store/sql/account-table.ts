import { nameSkeletons } from "@sourceprint/protocol/name-skeletons.js"
import type { Transaction } from "kysely"
import { ChatNotices } from "../chat/chat-notices.js"
import { forgetAccount } from "../chat/client-rows.js"
import { type Account, type AuditEvent, type NewAccount, type StoredTemplate, TemplatesPerAccount } from "../store.js"
import { type AuditedDatabase, Refused } from "./audited-database.js"
import { accountOf, templateOf, templateRow } from "./rows.js"
import type { Tables } from "./schema.js"
import { swapSealed } from "./sealed-values.js"
import { insertImages } from "./seen-images.js"

/** Accounts with their templates and recovery codes; see `Store`. */
export class AccountTable {
  constructor(private readonly audited: AuditedDatabase) {}

  private get db() {
    return this.audited.database.db
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
      const looks = nameSkeletons(account.name).map((skeleton) => ({ skeleton, account_id: account.id }))
      const free = await trx
        .insertInto("name_skeletons")
        .values(looks)
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      if (free.numInsertedOrUpdatedRows !== BigInt(looks.length)) throw new Refused("name")
      await insertTemplates(trx, templates)
      await insertImages(trx, imageDigests)
    }
    return this.audited.transact("created", audit, work, ["name", "code", "replay"])
  }

  addTemplates(templates: readonly StoredTemplate[], imageDigests: readonly string[], audit: AuditEvent) {
    const work = async (trx: Transaction<Tables>) => {
      for (const accountId of new Set(templates.map((template) => template.accountId))) {
        await this.audited.database.lock(trx, `account ${accountId}`)
        const more = templates.filter((template) => template.accountId === accountId)
        const held = await trx.selectFrom("templates").select("modality").where("account_id", "=", accountId).execute()
        for (const modality of new Set(more.map((template) => template.modality))) {
          const count = [...held, ...more].filter((template) => template.modality === modality).length
          if (count > TemplatesPerAccount[modality]) throw new Refused("full")
        }
      }
      await insertTemplates(trx, templates)
      await insertImages(trx, imageDigests)
    }
    return this.audited.transact("added", audit, work, ["replay", "full"])
  }

  private async accountWhere(
    column: "id" | "name_key" | "enrolment_hash",
    value: string,
  ): Promise<Account | undefined> {
    const row = await this.db.selectFrom("accounts").selectAll().where(column, "=", value).executeTakeFirst()
    return row && accountOf(row)
  }

  accountByName = (nameKey: string): Promise<Account | undefined> => this.accountWhere("name_key", nameKey)

  async looksTaken(name: string): Promise<boolean> {
    const alike = this.db.selectFrom("name_skeletons").select("skeleton").where("skeleton", "in", nameSkeletons(name))
    return (await alike.executeTakeFirst()) !== undefined
  }

  account = (id: string): Promise<Account | undefined> => this.accountWhere("id", id)

  accountByEnrolment = (hash: string): Promise<Account | undefined> => this.accountWhere("enrolment_hash", hash)

  async accounts(): Promise<Account[]> {
    return (await this.db.selectFrom("accounts").selectAll().orderBy("name_key").execute()).map(accountOf)
  }

  updateAccount(id: string, change: { operator?: boolean; disabled?: boolean }, audit: AuditEvent): Promise<boolean> {
    const set = Object.fromEntries(Object.entries(change).map(([key, on]) => [key, on ? 1 : 0]))
    return this.audited.changed(async (trx) => {
      if (change.disabled) await trx.deleteFrom("sessions").where("account_id", "=", id).execute()
      return (await trx.updateTable("accounts").set(set).where("id", "=", id).executeTakeFirst()).numUpdatedRows
    }, audit)
  }

  changePassword(
    id: string,
    before: Uint8Array,
    after: Uint8Array,
    onlySession: string | undefined,
    audit: AuditEvent,
  ): Promise<boolean> {
    return this.audited.changed(async (trx) => {
      if (!(await swapSealed(trx, "account", id, before, after))) return 0n
      if (onlySession !== undefined) {
        const others = trx.deleteFrom("sessions").where("account_id", "=", id)
        await others.where("token_hash", "!=", onlySession).execute()
      }
      return 1n
    }, audit)
  }

  async deleteAccount(id: string, audit: AuditEvent): Promise<boolean> {
    const done = await this.audited.changed(async (trx) => {
      const account = await trx.selectFrom("accounts").select("name_key").where("id", "=", id).executeTakeFirst()
      if (account === undefined) return 0n
      for (const table of ["name_skeletons", "templates", "sessions", "familiar", "recovery_codes"] as const) {
        await trx.deleteFrom(table).where("account_id", "=", id).execute()
      }
      await forgetAccount(this.audited.database, trx, new ChatNotices(this.audited.database, "account"), id, audit.atMs)
      const gone = await trx.deleteFrom("accounts").where("id", "=", id).executeTakeFirst()
      return gone.numDeletedRows
    }, audit)
    // The write-ahead log would continue holding the old pages until its next turn.
    if (done) await this.audited.database.emptyLog()
    return done
  }

  removeTemplate(accountId: string, id: string, audit: AuditEvent): Promise<boolean> {
    return this.audited.changed(async (trx) => {
      const own = trx.deleteFrom("templates").where("account_id", "=", accountId).where("id", "=", id)
      return (await own.executeTakeFirst()).numDeletedRows
    }, audit)
  }

  async replaceRecoveryCodes(accountId: string, hashes: readonly string[], audit: AuditEvent): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom("recovery_codes").where("account_id", "=", accountId).execute()
      const rows = hashes.map((hash) => ({ hash, account_id: accountId }))
      if (rows.length > 0) await trx.insertInto("recovery_codes").values(rows).execute()
      await this.audited.append(trx, [audit])
    })
  }

  async recoveryCodesLeft(accountId: string): Promise<number> {
    const rows = await this.db.selectFrom("recovery_codes").select("hash").where("account_id", "=", accountId).execute()
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
}

async function insertTemplates(trx: Transaction<Tables>, templates: readonly StoredTemplate[]): Promise<void> {
  if (templates.length > 0) await trx.insertInto("templates").values(templates.map(templateRow)).execute()
}
