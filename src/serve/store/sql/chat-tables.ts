import { type Kysely, sql } from "kysely"

/** The relay's tables. Ids and hashes hex, states and kinds as in `chat-rows.ts`, times ms since 1970. */
export interface ChatTables {
  readonly chat_clients: {
    id: string
    /** Null once the account was deleted: then the row waits for a commit to remove its leaves. */
    account_id: string | null
    signature_key: string
    certificate: Uint8Array
    dropped: number
    last_resort: Uint8Array | null
    next_package: number
    created_at_ms: number
    seen_at_ms: number
  }
  readonly chat_packages: { client_id: string; n: number; bytes: Uint8Array }
  readonly chat_rooms: {
    id: string
    kind: number
    creator: string
    creator_account: string
    epoch: number
    head: number
    /** Items up to here are deleted. */
    trimmed: number
    /** Bytes of the items that wait. */
    waiting_bytes: number
    version: number
    created_at_ms: number
  }
  readonly chat_members: {
    room_id: string
    client_id: string
    state: number
    from_seq: number
    until_seq: number | null
    acked: number
    since_ms: number
  }
  readonly chat_items: {
    room_id: string
    seq: number
    kind: number
    sender: string
    epoch: number
    id: string
    time_ms: number
    /** Null once they have expired: the row continues to answer a repeated id. */
    bytes: Uint8Array | null
    welcome: Uint8Array | null
    size: number
  }
  readonly chat_online: { client_id: string; server_id: string; account_id: string; until_ms: number }
}

export async function createChatTables<T extends ChatTables>(db: Kysely<T>, binary: "blob" | "bytea"): Promise<void> {
  const table = (name: keyof ChatTables) => db.schema.createTable(name)
  const bytes = sql.raw(binary) as ReturnType<typeof sql<unknown>>
  await table("chat_clients")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text")
    .addColumn("signature_key", "text", (c) => c.notNull())
    .addColumn("certificate", bytes, (c) => c.notNull())
    .addColumn("dropped", "integer", (c) => c.notNull())
    .addColumn("last_resort", bytes)
    .addColumn("next_package", "bigint", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("seen_at_ms", "bigint", (c) => c.notNull())
    .execute()
  await db.schema.createIndex("chat_clients_account").on("chat_clients").column("account_id").execute()
  await table("chat_packages")
    .addColumn("client_id", "text", (c) => c.notNull().references("chat_clients.id").onDelete("cascade"))
    .addColumn("n", "bigint", (c) => c.notNull())
    .addColumn("bytes", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("chat_packages_key", ["client_id", "n"])
    .execute()
  await table("chat_rooms")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("kind", "integer", (c) => c.notNull())
    .addColumn("creator", "text", (c) => c.notNull())
    .addColumn("creator_account", "text", (c) => c.notNull())
    .addColumn("epoch", "bigint", (c) => c.notNull())
    .addColumn("head", "bigint", (c) => c.notNull())
    .addColumn("trimmed", "bigint", (c) => c.notNull())
    .addColumn("waiting_bytes", "bigint", (c) => c.notNull())
    .addColumn("version", "bigint", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .execute()
  await db.schema.createIndex("chat_rooms_creator").on("chat_rooms").column("creator_account").execute()
  await table("chat_members")
    .addColumn("room_id", "text", (c) => c.notNull().references("chat_rooms.id").onDelete("cascade"))
    .addColumn("client_id", "text", (c) => c.notNull().references("chat_clients.id").onDelete("cascade"))
    .addColumn("state", "integer", (c) => c.notNull())
    .addColumn("from_seq", "bigint", (c) => c.notNull())
    .addColumn("until_seq", "bigint")
    .addColumn("acked", "bigint", (c) => c.notNull())
    .addColumn("since_ms", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("chat_members_key", ["room_id", "client_id"])
    .execute()
  await db.schema.createIndex("chat_members_client").on("chat_members").column("client_id").execute()
  await table("chat_items")
    .addColumn("room_id", "text", (c) => c.notNull().references("chat_rooms.id").onDelete("cascade"))
    .addColumn("seq", "bigint", (c) => c.notNull())
    .addColumn("kind", "integer", (c) => c.notNull())
    .addColumn("sender", "text", (c) => c.notNull())
    .addColumn("epoch", "bigint", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("time_ms", "bigint", (c) => c.notNull())
    .addColumn("bytes", bytes)
    .addColumn("welcome", bytes)
    .addColumn("size", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("chat_items_key", ["room_id", "seq"])
    .addUniqueConstraint("chat_items_once", ["room_id", "id", "sender"])
    .execute()
  await db.schema.createIndex("chat_items_time").on("chat_items").column("time_ms").execute()
  await table("chat_online")
    .addColumn("client_id", "text", (c) => c.notNull())
    .addColumn("server_id", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) => c.notNull())
    .addColumn("until_ms", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("chat_online_key", ["client_id", "server_id"])
    .execute()
  await db.schema.createIndex("chat_online_account").on("chat_online").column("account_id").execute()
}
