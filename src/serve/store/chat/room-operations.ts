import type { Selectable, Transaction } from "kysely"
import type { Tables } from "../sql/schema.js"
import { ItemCode, StateCode } from "./chat-rows.js"
import type { ChatQuotas, RoomOperation, RoomOutcome, StoredItem } from "./chat-store.js"
import type { WaitingShares } from "./waiting-share.js"

type Trx = Transaction<Tables>
type MemberRow = Selectable<Tables["chat_members"]>
type Of<Op extends RoomOperation["op"]> = Extract<RoomOperation, { op: Op }>

/** A room within one transaction: its row was read under a lock, and is written back once, by `room-batch.ts`. */
export interface OpenRoom {
  readonly row: {
    -readonly [K in keyof Selectable<Tables["chat_rooms"]>]: Selectable<Tables["chat_rooms"]>[K]
  }
  changed: boolean
  /** Somebody acknowledged something or left: items may have become free. */
  freed: boolean
  readonly added: string[]
}

export interface OperationContext {
  readonly trx: Trx
  readonly nowMs: number
  readonly quotas: ChatQuotas
  readonly shares: WaitingShares
}

const refused = (why: "room" | "client" | "full"): RoomOutcome => ({ is: "refused", why })

const memberRow = (trx: Trx, roomId: string, clientId: string): Promise<MemberRow | undefined> =>
  trx
    .selectFrom("chat_members")
    .selectAll()
    .where("room_id", "=", roomId)
    .where("client_id", "=", clientId)
    .executeTakeFirst()

/** The seq under which this client's item with this id was taken before. */
async function appliedBefore(trx: Trx, { roomId, clientId, id }: Of<"post" | "commit">): Promise<number | undefined> {
  const row = await trx
    .selectFrom("chat_items")
    .select("seq")
    .where("room_id", "=", roomId)
    .where("id", "=", id)
    .where("sender", "=", clientId)
    .executeTakeFirst()
  return row?.seq
}

async function append(
  { trx, nowMs }: OperationContext,
  room: OpenRoom,
  item: Omit<StoredItem, "seq" | "timeMs">,
): Promise<StoredItem> {
  const seq = room.row.head + 1
  const stored: StoredItem = { ...item, seq, timeMs: nowMs }
  const size = item.bytes.length + (item.welcome?.length ?? 0)
  await trx
    .insertInto("chat_items")
    .values({
      room_id: room.row.id,
      seq,
      kind: ItemCode[item.kind],
      sender: item.sender,
      epoch: item.epoch,
      id: item.id,
      time_ms: nowMs,
      bytes: item.bytes,
      welcome: item.welcome ?? null,
      size,
    })
    .execute()
  room.row.head = seq
  room.row.waiting_bytes += size
  room.changed = true
  return stored
}

async function post(context: OperationContext, room: OpenRoom, operation: Of<"post">): Promise<RoomOutcome> {
  const { roomId, clientId, epoch, id, bytes } = operation
  const member = await memberRow(context.trx, roomId, clientId)
  if (member?.state !== StateCode.in) return refused("room")
  const before = await appliedBefore(context.trx, operation)
  if (before !== undefined) return { is: "accepted", seq: before, item: undefined }
  if (epoch !== room.row.epoch) return { is: "stale", epoch: room.row.epoch }
  const { trx, nowMs, shares } = context
  const arrival = { as: "message", sender: clientId, bytes: bytes.length } as const
  if (!(await shares.holds(trx, room.row, arrival, nowMs))) return refused("full")
  const item = await append(context, room, {
    kind: "message",
    sender: clientId,
    epoch,
    id,
    bytes,
    welcome: undefined,
  })
  return { is: "accepted", seq: item.seq, item }
}

async function commit(context: OperationContext, room: OpenRoom, operation: Of<"commit">): Promise<RoomOutcome> {
  const { trx, nowMs, quotas, shares } = context
  const { roomId, clientId, epoch, id, added, removed } = operation
  const members = new Map(
    (await trx.selectFrom("chat_members").selectAll().where("room_id", "=", roomId).execute()).map((row) => [
      row.client_id,
      row,
    ]),
  )
  if (members.get(clientId)?.state !== StateCode.in) return refused("room")
  const before = await appliedBefore(trx, operation)
  if (before !== undefined) return { is: "accepted", seq: before, item: undefined }
  if (epoch !== room.row.epoch) return { is: "stale", epoch: room.row.epoch }

  const inTree = (client: string): boolean => {
    const row = members.get(client)
    return row !== undefined && row.state !== StateCode.removed && row.from_seq > 0
  }
  const leaving = new Set(removed)
  const entering = new Set(added)
  if (leaving.size !== removed.length || entering.size !== added.length || leaving.has(clientId))
    return refused("client")
  if (removed.some((client) => !inTree(client))) return refused("client")
  if (added.some((client) => inTree(client) && !leaving.has(client))) return refused("client")
  const staying = [...members.keys()].filter((client) => inTree(client) && !leaving.has(client))
  if (staying.length + added.length > quotas.membersPerRoom) return refused("full")
  const accounts = await accountsOf(trx, [...staying, ...added])
  if (added.some((client) => !accounts.has(client))) return refused("client")
  const people = new Set(accounts.values())
  if (room.row.kind === 2 && people.size > 2) return refused("client") // a direct conversation is between two
  const arrival = {
    as: added.length === 0 && removed.length > 0 ? "removal" : "commit",
    sender: clientId,
    bytes: operation.commit.length + operation.welcome.length,
  } as const
  if (!(await shares.holds(trx, room.row, arrival, nowMs))) return refused("full")

  const item = await append(context, room, {
    kind: "commit",
    sender: clientId,
    epoch,
    id,
    bytes: operation.commit,
    welcome: added.length > 0 ? operation.welcome : undefined,
  })
  const { seq } = item
  room.row.epoch++
  for (const client of removed) {
    if (entering.has(client)) continue
    const row = members.get(client)
    await trx
      .updateTable("chat_members")
      // who had left before sees nothing of this
      .set({ state: StateCode.removed, until_seq: row?.until_seq ?? seq, since_ms: nowMs })
      .where("room_id", "=", roomId)
      .where("client_id", "=", client)
      .execute()
  }
  for (const client of added) {
    const row = { state: StateCode.in, from_seq: seq, until_seq: null, acked: seq - 1, since_ms: nowMs }
    await trx
      .insertInto("chat_members")
      .values({ room_id: roomId, client_id: client, ...row })
      .onConflict((c) => c.columns(["room_id", "client_id"]).doUpdateSet(row))
      .execute()
  }
  room.row.version++
  room.freed = true
  room.added.push(...added)
  return { is: "accepted", seq, item }
}

/** Accounts of those clients that may be in a room: not dropped, their account not deleted. */
async function accountsOf(trx: Trx, clientIds: readonly string[]): Promise<Map<string, string>> {
  if (clientIds.length === 0) return new Map()
  const rows = await trx
    .selectFrom("chat_clients")
    .select(["id", "account_id"])
    .where("id", "in", clientIds)
    .where("dropped", "=", 0)
    .execute()
  return new Map(rows.flatMap((row) => (row.account_id === null ? [] : [[row.id, row.account_id]])))
}

async function ack({ trx }: OperationContext, room: OpenRoom, operation: Of<"ack">): Promise<RoomOutcome> {
  const { roomId, clientId } = operation
  const member = await memberRow(trx, roomId, clientId)
  if (member === undefined || member.from_seq === 0) return refused("room")
  const seq = Math.min(operation.seq, member.until_seq ?? room.row.head, room.row.head)
  if (seq <= member.acked) return { is: "acked", before: member.acked, seq: member.acked }
  await trx
    .updateTable("chat_members")
    .set({ acked: seq })
    .where("room_id", "=", roomId)
    .where("client_id", "=", clientId)
    .execute()
  room.freed = true
  return { is: "acked", before: member.acked, seq }
}

/** `gone` keeps what it had until a commit removes its leaf; `waiting` has lost its state and reads nothing. */
async function leave(
  { trx, nowMs }: OperationContext,
  room: OpenRoom,
  { roomId, clientId, op }: Of<"leave" | "rejoin">,
): Promise<RoomOutcome> {
  const member = await memberRow(trx, roomId, clientId)
  if (member === undefined || member.state === StateCode.removed) return refused("room")
  if (op === "rejoin" && member.state === StateCode.gone) return refused("room")
  const state = op === "leave" ? StateCode.gone : StateCode.waiting
  if (member.state === state) return { is: "done" }
  if (op === "leave" && member.from_seq === 0) {
    // It was never in the tree: nobody has to remove it.
    await trx.deleteFrom("chat_members").where("room_id", "=", roomId).where("client_id", "=", clientId).execute()
  } else {
    await trx
      .updateTable("chat_members")
      .set({ state, until_seq: member.until_seq ?? room.row.head, since_ms: nowMs })
      .where("room_id", "=", roomId)
      .where("client_id", "=", clientId)
      .execute()
  }
  room.row.version++
  room.changed = true
  room.freed = true
  return { is: "done" }
}

export function applyOperation(
  context: OperationContext,
  room: OpenRoom,
  operation: RoomOperation,
): Promise<RoomOutcome> {
  switch (operation.op) {
    case "post":
      return post(context, room, operation)
    case "commit":
      return commit(context, room, operation)
    case "ack":
      return ack(context, room, operation)
    case "leave":
    case "rejoin":
      return leave(context, room, operation)
  }
}
