import { type Kysely, sql } from "kysely"

/** `state`: 0 being uploaded, 1 finished, 2 removed and being collected. */
export const FileRowState = { open: 0, finished: 1, removed: 2 } as const

export interface FileTables {
  readonly files: {
    id: string
    room_id: string
    owner_id: string
    chunks: number
    sealed_bytes: number
    state: number
    created_at_ms: number
    expires_at_ms: number
  }
  /** What a health check writes. */
  readonly file_probes: { one: number; at_ms: number }
  readonly file_chunks: { file_id: string; idx: number; sealed: Uint8Array }
}

/** See MigrationPlan. */
export const fileMigrations = (kind: "sqlite" | "postgres") => ({
  "0001-files": async (db: Kysely<FileTables>) => {
    const bytes = sql.raw(kind === "sqlite" ? "blob" : "bytea") as ReturnType<typeof sql<unknown>>
    await db.schema
      .createTable("files")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("room_id", "text", (c) => c.notNull())
      .addColumn("owner_id", "text", (c) => c.notNull())
      .addColumn("chunks", "integer", (c) => c.notNull())
      .addColumn("sealed_bytes", "bigint", (c) => c.notNull())
      .addColumn("state", "integer", (c) => c.notNull())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("expires_at_ms", "bigint", (c) => c.notNull())
      .execute()
    await db.schema.createIndex("files_owner").on("files").column("owner_id").execute()
    await db.schema
      .createTable("file_chunks")
      .addColumn("file_id", "text", (c) => c.notNull())
      .addColumn("idx", "integer", (c) => c.notNull())
      .addColumn("sealed", bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("file_chunks_key", ["file_id", "idx"])
      .execute()
    // Sealed bytes do not compress: PostgreSQL need not try.
    if (kind === "postgres") await sql`alter table file_chunks alter column sealed set storage external`.execute(db)
  },
  "0002-probes": async (db: Kysely<FileTables>) => {
    await db.schema
      .createTable("file_probes")
      .addColumn("one", "integer", (c) => c.primaryKey())
      .addColumn("at_ms", "bigint", (c) => c.notNull())
      .execute()
  },
})
