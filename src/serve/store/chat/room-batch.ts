import { sql, type Transaction } from "kysely"
import type { SqlDatabase } from "../sql/database.js"
import type { Tables } from "../sql/schema.js"
import type { ChatNotices } from "./chat-notices.js"
import { StateCode } from "./chat-rows.js"
import type { ChatQuotas, RoomOperation, RoomOutcome } from "./chat-store.js"
import { lockRooms } from "./lock-rooms.js"
import { applyOperation, type OpenRoom } from "./room-operations.js"
import { isCrowded, type WaitingShares } from "./waiting-share.js"

/** All operations in one transaction: one commit to disk for whatever came together. */
export function applyBatch(
  database: SqlDatabase,
  notices: ChatNotices,
  quotas: ChatQuotas,
  shares: WaitingShares,
  operations: readonly RoomOperation[],
  nowMs: number,
): Promise<RoomOutcome[]> {
  return database.db.transaction().execute(async (trx) => {
    const ids = [...new Set(operations.map(({ roomId }) => roomId))]
    const rooms = new Map<string, OpenRoom>()
    for (const row of await lockRooms(database, trx, ids)) {
      rooms.set(row.id, { row, changed: false, freed: false, added: [] })
    }
    const outcomes: RoomOutcome[] = []
    for (const operation of operations) {
      const room = rooms.get(operation.roomId)
      outcomes.push(
        room === undefined
          ? { is: "refused", why: "room" }
          : await applyOperation({ trx, nowMs, quotas, shares }, room, operation),
      )
    }
    const changed = [...rooms.values()].filter((room) => room.changed)
    for (const room of rooms.values()) await writeBack(trx, room, quotas)
    await notices.send(trx, {
      rooms: changed.map(({ row }) => row.id),
      added: changed.flatMap(({ added }) => added),
      texts: [],
    })
    return outcomes
  })
}

async function writeBack(trx: Transaction<Tables>, room: OpenRoom, quotas: ChatQuotas): Promise<void> {
  const { row } = room
  const crowded = isCrowded(row, quotas)
  if ((room.freed || (room.changed && crowded)) && (await release(trx, room, crowded)) === "deserted") {
    await trx.deleteFrom("chat_rooms").where("id", "=", row.id).execute()
    return
  }
  if (!room.changed) return
  const { epoch, head, trimmed, waiting_bytes, version } = row
  await trx
    .updateTable("chat_rooms")
    .set({ epoch, head, trimmed, waiting_bytes, version })
    .where("id", "=", row.id)
    .execute()
}

/** Deletes the items that everybody has who may see them; where `crowded`, who has left the room is not waited for.
 *  "deserted": nobody is in the room any more. */
export async function release(
  trx: Transaction<Tables>,
  room: OpenRoom,
  crowded = false,
): Promise<"deserted" | undefined> {
  const { row } = room
  const { low, present } = await trx
    .selectFrom("chat_members")
    .select([
      sql<number | null>`min(case when state = ${StateCode.in} or (${crowded ? 0 : 1} = 1 and
        state in (${StateCode.gone}, ${StateCode.removed}) and acked < until_seq) then acked end)`.as("low"),
      sql<number | null>`sum(case when state = ${StateCode.in} then 1 else 0 end)`.as("present"),
    ])
    .where("room_id", "=", row.id)
    .executeTakeFirstOrThrow()
  if (!present) return "deserted"
  const through = low ?? row.head
  if (through <= row.trimmed) return undefined
  const items = trx.selectFrom("chat_items").where("room_id", "=", row.id).where("seq", "<=", through)
  const { size } = await items.select(sql<number | null>`sum(size)`.as("size")).executeTakeFirstOrThrow()
  await trx.deleteFrom("chat_items").where("room_id", "=", row.id).where("seq", "<=", through).execute()
  row.trimmed = through
  row.waiting_bytes -= size ?? 0
  room.changed = true
  return undefined
}
