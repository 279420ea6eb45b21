import type { Selectable, Transaction } from "kysely"
import type { SqlDatabase } from "../sql/database.js"
import type { Tables } from "../sql/schema.js"

/** The rooms' rows, locked until the transaction ends. Always in order of their ids, so that two servers that want the
 *  same rooms wait for each other and never in a circle. */
export function lockRooms(
  { kind }: SqlDatabase,
  trx: Transaction<Tables>,
  roomIds: readonly string[],
): Promise<Selectable<Tables["chat_rooms"]>[]> {
  if (roomIds.length === 0) return Promise.resolve([])
  const query = trx.selectFrom("chat_rooms").selectAll().where("id", "in", roomIds).orderBy("id")
  return (kind === "postgres" ? query.forUpdate() : query).execute()
}
