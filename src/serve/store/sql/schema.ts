import { nameSkeletons } from "@sourceprint/protocol/name-skeletons.js"
import { type Kysely, sql } from "kysely"
import { createStudyTables, type StudyTables } from "../study/study-tables.js"
import { type ChatTables, createChatTables } from "./chat-tables.js"

/** Tables as kysely sees them. Booleans are 0 or 1, times ms since 1970, hashes hex. */
export interface Tables extends ChatTables, StudyTables {
  readonly secrets: { name: string; sealed: Uint8Array }
  readonly accounts: {
    id: string
    name: string
    name_key: string
    sealed_record: Uint8Array
    operator: number
    disabled: number
    created_at_ms: number
    enrolment_hash: string
  }
  /** What names that look alike have in common. */
  readonly name_skeletons: { skeleton: string; account_id: string }
  readonly templates: {
    id: string
    account_id: string
    finger: string
    modality: string
    matcher_id: string
    sealed: Uint8Array
    created_at_ms: number
  }
  readonly devices: {
    id: string
    scanner_id: string
    public_key: string
    created_at_ms: number
    revoked_at_ms: number | null
  }
  readonly codes: { hash: string; expires_at_ms: number; used: number }
  readonly nonces: { hash: string; used_at_ms: number }
  readonly images: { digest: string }
  readonly sessions: {
    token_hash: string
    account_id: string
    device_id: string | null
    factors: string
    created_at_ms: number
    expires_at_ms: number
  }
  readonly recovery_codes: { hash: string; account_id: string }
  readonly familiar: { account_id: string; device_id: string }
  readonly failures: { key: string; count: number; last_ms: number; forget_at_ms: number }
  readonly audit: {
    seq: number
    at_ms: number
    event: string
    reason: string
    account_id: string | null
    device_id: string | null
    address: string | null
    detail: string | null
    hash: string
  }
  /** What a health check writes. */
  readonly probes: { one: number; at_ms: number }
  readonly audit_head: { one: number; seq: number; hash: string; seal: string }
  /** The last entry that was pruned. */
  readonly audit_start: { one: number; seq: number; hash: string; seal: string }
}

/** See MigrationPlan. @param binary the database's type for bytes */
export const migrations = (binary: "blob" | "bytea") => ({
  "0001-accounts": async (db: Kysely<Tables>) => {
    const table = (name: keyof Tables) => db.schema.createTable(name)
    const bytes = sql.raw(binary) as ReturnType<typeof sql<unknown>>
    await table("secrets")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("sealed", bytes, (c) => c.notNull())
      .execute()
    await table("accounts")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("name_key", "text", (c) => c.notNull().unique())
      .addColumn("sealed_record", bytes, (c) => c.notNull())
      .addColumn("operator", "integer", (c) => c.notNull())
      .addColumn("disabled", "integer", (c) => c.notNull())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("enrolment_hash", "text", (c) => c.notNull().unique())
      .execute()
    await table("templates")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
      .addColumn("finger", "text", (c) => c.notNull())
      .addColumn("modality", "text", (c) => c.notNull())
      .addColumn("matcher_id", "text", (c) => c.notNull())
      .addColumn("sealed", bytes, (c) => c.notNull())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .execute()
    await db.schema.createIndex("templates_account").on("templates").column("account_id").execute()
    await table("devices")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("scanner_id", "text", (c) => c.notNull())
      .addColumn("public_key", "text", (c) => c.notNull())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("revoked_at_ms", "bigint")
      .execute()
    await table("codes")
      .addColumn("hash", "text", (c) => c.primaryKey())
      .addColumn("expires_at_ms", "bigint", (c) => c.notNull())
      .addColumn("used", "integer", (c) => c.notNull())
      .execute()
    await table("nonces")
      .addColumn("hash", "text", (c) => c.primaryKey())
      .addColumn("used_at_ms", "bigint", (c) => c.notNull())
      .execute()
    await table("images")
      .addColumn("digest", "text", (c) => c.primaryKey())
      .execute()
    await table("sessions")
      .addColumn("token_hash", "text", (c) => c.primaryKey())
      .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
      .addColumn("device_id", "text")
      .addColumn("factors", "text", (c) => c.notNull())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("expires_at_ms", "bigint", (c) => c.notNull())
      .execute()
    await db.schema.createIndex("sessions_account").on("sessions").column("account_id").execute()
    await table("familiar")
      .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
      .addColumn("device_id", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("familiar_key", ["account_id", "device_id"])
      .execute()
    await table("failures")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("count", "integer", (c) => c.notNull())
      .addColumn("last_ms", "bigint", (c) => c.notNull())
      .addColumn("forget_at_ms", "bigint", (c) => c.notNull())
      .execute()
    await table("audit")
      .addColumn("seq", "bigint", (c) => c.primaryKey())
      .addColumn("at_ms", "bigint", (c) => c.notNull())
      .addColumn("event", "text", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("account_id", "text")
      .addColumn("device_id", "text")
      .addColumn("address", "text")
      .addColumn("detail", "text")
      .addColumn("hash", "text", (c) => c.notNull())
      .execute()
    await table("audit_head")
      .addColumn("one", "integer", (c) => c.primaryKey())
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("seal", "text", (c) => c.notNull())
      .execute()
  },
  "0002-chat": (db: Kysely<Tables>) => createChatTables(db, binary),
  "0003-recovery-codes": async (db: Kysely<Tables>) => {
    await db.schema
      .createTable("recovery_codes")
      .addColumn("hash", "text", (c) => c.primaryKey())
      .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
      .execute()
    await db.schema.createIndex("recovery_codes_account").on("recovery_codes").column("account_id").execute()
  },
  "0004-study": (db: Kysely<Tables>) => createStudyTables(db, binary),
  "0005-probes": async (db: Kysely<Tables>) => {
    await db.schema
      .createTable("probes")
      .addColumn("one", "integer", (c) => c.primaryKey())
      .addColumn("at_ms", "bigint", (c) => c.notNull())
      .execute()
  },
  "0006-name-skeletons": async (db: Kysely<Tables>) => {
    await db.schema
      .createTable("name_skeletons")
      .addColumn("skeleton", "text", (c) => c.primaryKey())
      .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
      .execute()
    await db.schema.createIndex("name_skeletons_account").on("name_skeletons").column("account_id").execute()
    // Accounts that look alike already stay; the first of them holds the look.
    const accounts = await db.selectFrom("accounts").select(["id", "name"]).orderBy("created_at_ms").execute()
    for (const { id, name } of accounts) {
      const rows = nameSkeletons(name).map((skeleton) => ({ skeleton, account_id: id }))
      await db
        .insertInto("name_skeletons")
        .values(rows)
        .onConflict((c) => c.doNothing())
        .execute()
    }
  },
  "0007-chat-senders": async (db: Kysely<Tables>) => {
    await db.schema.createIndex("chat_items_sender").on("chat_items").column("sender").execute()
  },
  "0008-audit-start": async (db: Kysely<Tables>) => {
    await db.schema
      .createTable("audit_start")
      .addColumn("one", "integer", (c) => c.primaryKey())
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("seal", "text", (c) => c.notNull())
      .execute()
  },
})
