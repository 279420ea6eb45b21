import { type Kysely, sql } from "kysely"

export interface StudyTables {
  readonly kept_images: {
    id: string
    account_id: string
    device_id: string
    scanner_id: string
    outcome: string
    at_ms: number
    sealed: Uint8Array
  }
}

export async function createStudyTables<T extends StudyTables>(db: Kysely<T>, binary: "blob" | "bytea"): Promise<void> {
  await db.schema
    .createTable("kept_images")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id").onDelete("cascade"))
    .addColumn("device_id", "text", (c) => c.notNull())
    .addColumn("scanner_id", "text", (c) => c.notNull())
    .addColumn("outcome", "text", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .addColumn("sealed", sql.raw(binary) as ReturnType<typeof sql<unknown>>, (c) => c.notNull())
    .execute()
  await db.schema.createIndex("kept_images_account").on("kept_images").column("account_id").execute()
}
