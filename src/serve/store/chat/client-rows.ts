import { sql, type Transaction } from "kysely"
import type { SqlDatabase } from "../sql/database.js"
import type { Tables } from "../sql/schema.js"
import type { ChatNotices } from "./chat-notices.js"
import { StateCode } from "./chat-rows.js"
import type { ChatClientRow, ChatQuotas } from "./chat-store.js"
import { packagesLeft } from "./key-package-rows.js"
import { lockRooms } from "./lock-rooms.js"
import { release } from "./room-batch.js"

type Trx = Transaction<Tables>

/** See `ChatStore.registerClient`. */
export function registerClient(
  database: SqlDatabase,
  notices: ChatNotices,
  quotas: ChatQuotas,
  client: ChatClientRow,
  nowMs: number,
): Promise<{ packagesLeft: number } | "client" | "full"> {
  const { clientId, accountId, signatureKey, certificate } = client
  return database.db.transaction().execute(async (trx) => {
    const known = await trx.selectFrom("chat_clients").selectAll().where("id", "=", clientId).executeTakeFirst()
    if (known !== undefined) {
      const same = known.account_id === accountId && known.signature_key === signatureKey && known.dropped === 0
      if (!same) return "client"
      await trx.updateTable("chat_clients").set({ certificate, seen_at_ms: nowMs }).where("id", "=", clientId).execute()
      return { packagesLeft: await packagesLeft(trx, clientId) }
    }
    await database.lock(trx, `account ${accountId}`)
    const { count } = await trx
      .selectFrom("chat_clients")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("account_id", "=", accountId)
      .where("dropped", "=", 0)
      .executeTakeFirstOrThrow()
    if (count >= quotas.clientsPerAccount) return "full"
    const inserted = await trx
      .insertInto("chat_clients")
      .values({
        id: clientId,
        account_id: accountId,
        signature_key: signatureKey,
        certificate,
        dropped: 0,
        last_resort: null,
        next_package: 0,
        created_at_ms: nowMs,
        seen_at_ms: nowMs,
      })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 0n) return "client" // another of that id at the same moment
    await waitInRooms(database, trx, notices, client, nowMs)
    return { packagesLeft: 0 }
  })
}

/** A new client waits wherever another client of the account is. */
async function waitInRooms(
  database: SqlDatabase,
  trx: Trx,
  notices: ChatNotices,
  { clientId, accountId }: ChatClientRow,
  nowMs: number,
): Promise<void> {
  const found = await trx
    .selectFrom("chat_members")
    .innerJoin("chat_clients", "chat_clients.id", "chat_members.client_id")
    .select("room_id")
    .distinct()
    .where("account_id", "=", accountId)
    .where("state", "=", StateCode.in)
    .execute()
  if (found.length === 0) return
  const rooms = await lockRooms(
    database,
    trx,
    found.map((row) => row.room_id),
  )
  const ids = rooms.map(({ id }) => id)
  const waiting = {
    client_id: clientId,
    state: StateCode.waiting,
    from_seq: 0,
    until_seq: 0,
    acked: 0,
    since_ms: nowMs,
  }
  await trx
    .insertInto("chat_members")
    .values(ids.map((room_id) => ({ room_id, ...waiting })))
    .execute()
  await bumpVersions(trx, ids)
  await notices.send(trx, { rooms: ids, added: [], texts: [] })
}

const bumpVersions = async (trx: Trx, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await trx.updateTable("chat_rooms").set({ version: sql<number>`version + 1` }).where("id", "in", ids).execute()
}

/** Clients that will never come back leave their rooms; members see them as gone until a commit removes their
 *  leaves. */
export async function retireClients(
  database: SqlDatabase,
  trx: Trx,
  notices: ChatNotices,
  clientIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (clientIds.length === 0) return
  await trx.updateTable("chat_clients").set({ dropped: 1, last_resort: null }).where("id", "in", clientIds).execute()
  await trx.deleteFrom("chat_packages").where("client_id", "in", clientIds).execute()
  await trx.deleteFrom("chat_online").where("client_id", "in", clientIds).execute()
  const mine = trx.selectFrom("chat_members").select("room_id").distinct().where("client_id", "in", clientIds)
  const rows = await lockRooms(
    database,
    trx,
    (await mine.execute()).map((row) => row.room_id),
  )
  await trx
    .deleteFrom("chat_members")
    .where("client_id", "in", clientIds)
    .where("state", "=", StateCode.waiting)
    .where("from_seq", "=", 0)
    .execute()
  for (const row of rows) {
    await trx
      .updateTable("chat_members")
      .set({ state: StateCode.gone, until_seq: row.head, acked: row.head, since_ms: nowMs })
      .where("room_id", "=", row.id)
      .where("client_id", "in", clientIds)
      .where("state", "in", [StateCode.in, StateCode.waiting, StateCode.gone])
      .execute()
    await trx
      .deleteFrom("chat_members")
      .where("room_id", "=", row.id)
      .where("client_id", "in", clientIds)
      .where("state", "=", StateCode.removed)
      .execute()
    const room = { row, changed: false, freed: true, added: [] }
    if ((await release(trx, room)) === "deserted") {
      await trx.deleteFrom("chat_rooms").where("id", "=", row.id).execute()
      continue
    }
    await trx
      .updateTable("chat_rooms")
      .set({ trimmed: row.trimmed, waiting_bytes: row.waiting_bytes, version: row.version + 1 })
      .where("id", "=", row.id)
      .execute()
  }
  await notices.send(trx, { rooms: rows.map(({ id }) => id), added: [], texts: [] })
}

/** The part of deleting an account that is the chat's: nothing is left but what members need to remove its leaves. */
export async function forgetAccount(
  database: SqlDatabase,
  trx: Trx,
  notices: ChatNotices,
  accountId: string,
  nowMs: number,
): Promise<void> {
  const clients = await trx.selectFrom("chat_clients").select("id").where("account_id", "=", accountId).execute()
  const ids = clients.map(({ id }) => id)
  await retireClients(database, trx, notices, ids, nowMs)
  await trx.updateTable("chat_clients").set({ account_id: null }).where("account_id", "=", accountId).execute()
  await deleteUnneeded(trx)
}

/** Clients of deleted accounts that are a leaf nowhere any more. */
export async function deleteUnneeded(trx: Trx): Promise<void> {
  const needed = trx.selectFrom("chat_members").select("client_id").where("state", "!=", StateCode.removed)
  await trx.deleteFrom("chat_clients").where("account_id", "is", null).where("id", "not in", needed).execute()
}
