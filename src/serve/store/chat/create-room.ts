import type { SqlDatabase } from "../sql/database.js"
import { RoomKindCode, StateCode } from "./chat-rows.js"
import type { ChatQuotas } from "./chat-store.js"
import { lockRooms } from "./lock-rooms.js"

export interface NewRoom {
  readonly roomId: string
  readonly kind: "room" | "direct"
  /** Who makes it. */
  readonly clientId: string
}

/** See `ChatStore.createRoom`. */
export function createRoom(
  database: SqlDatabase,
  quotas: ChatQuotas,
  { roomId, kind, clientId }: NewRoom,
  nowMs: number,
): Promise<"created" | "known" | "room" | "full"> {
  return database.db.transaction().execute(async (trx) => {
    const client = await trx
      .selectFrom("chat_clients")
      .select("account_id")
      .where("id", "=", clientId)
      .where("dropped", "=", 0)
      .executeTakeFirst()
    if (client?.account_id == null) return "room"
    const account = client.account_id
    await database.lock(trx, `account ${account}`)
    const [known] = await lockRooms(database, trx, [roomId])
    if (known !== undefined) return known.creator === clientId ? "known" : "room"
    const { count } = await trx
      .selectFrom("chat_rooms")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("creator_account", "=", account)
      .executeTakeFirstOrThrow()
    if (count >= quotas.roomsPerAccount) return "full"
    const numbers = { epoch: 0, head: 0, trimmed: 0, waiting_bytes: 0, version: 1, created_at_ms: nowMs }
    const inserted = await trx
      .insertInto("chat_rooms")
      .values({
        id: roomId,
        kind: RoomKindCode[kind],
        creator: clientId,
        creator_account: account,
        ...numbers,
      })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 0n) return "room"
    const member = { state: StateCode.in, from_seq: 1, until_seq: null, acked: 0, since_ms: nowMs }
    await trx
      .insertInto("chat_members")
      .values({ room_id: roomId, client_id: clientId, ...member })
      .execute()
    return "created"
  })
}
