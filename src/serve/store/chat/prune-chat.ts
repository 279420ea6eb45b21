import { sql } from "kysely"
import type { SqlDatabase } from "../sql/database.js"
import { StateCode } from "./chat-rows.js"
import { deleteUnneeded } from "./client-rows.js"
import { lockRooms } from "./lock-rooms.js"

/** How long an expired item's id is remembered, as a multiple of how long the item was kept. */
const REMEMBERED = 3

/** See `ChatStore.prune`. */
export async function pruneChat(database: SqlDatabase, nowMs: number, keepMs: number): Promise<void> {
  const cutMs = nowMs - keepMs
  await database.db.transaction().execute(async (trx) => {
    const old = await trx
      .selectFrom("chat_items")
      .select("room_id")
      .distinct()
      .where("time_ms", "<", cutMs)
      .where("bytes", "is not", null)
      .execute()
    for (const { id } of await lockRooms(
      database,
      trx,
      old.map((row) => row.room_id),
    )) {
      const dying = trx.selectFrom("chat_items").where("room_id", "=", id).where("time_ms", "<", cutMs)
      const { size } = await dying.select(sql<number | null>`sum(size)`.as("size")).executeTakeFirstOrThrow()
      await trx
        .updateTable("chat_items")
        .set({ bytes: null, welcome: null, size: 0 })
        .where("room_id", "=", id)
        .where("time_ms", "<", cutMs)
        .execute()
      await trx
        .updateTable("chat_rooms")
        .set({ waiting_bytes: sql<number>`waiting_bytes - ${size ?? 0}` })
        .where("id", "=", id)
        .execute()
    }
    await trx
      .deleteFrom("chat_items")
      .where("time_ms", "<", nowMs - REMEMBERED * keepMs)
      .execute()
    await trx
      .deleteFrom("chat_members")
      .where("state", "=", StateCode.removed)
      .where((e) => e.or([e("acked", ">=", e.ref("until_seq")), e("since_ms", "<", cutMs)]))
      .execute()
    await deleteUnneeded(trx)
  })
}
