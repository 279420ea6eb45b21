import type { SqlDatabase } from "../sql/database.js"
import { toBytes } from "../sql/database.js"
import { itemOf, memberOf, roomKindOf, StateCode } from "./chat-rows.js"
import type { RoomHead, RoomMember, RoomSummary, StoredItem } from "./chat-store.js"

/** Rooms, their members and items, as `ChatStore` gives them. */
export class RoomReading {
  constructor(private readonly database: SqlDatabase) {}

  private get db() {
    return this.database.db
  }

  async itemsFor(roomId: string, clientId: string, after: number, limit: number, maxBytes: number) {
    const member = await this.db
      .selectFrom("chat_members")
      .innerJoin("chat_rooms", "chat_rooms.id", "chat_members.room_id")
      .select(["from_seq", "until_seq", "head"])
      .where("room_id", "=", roomId)
      .where("client_id", "=", clientId)
      .executeTakeFirst()
    if (member === undefined || member.from_seq === 0) return undefined
    const through = Math.min(member.until_seq ?? member.head, member.head)
    const sizes = await this.db
      .selectFrom("chat_items")
      .select(["seq", "size"])
      .where("room_id", "=", roomId)
      .where("seq", ">", Math.max(after, member.from_seq - 1))
      .where("seq", "<=", through)
      .orderBy("seq")
      .limit(limit)
      .execute()
    let last = 0
    let bytes = 0
    for (const { seq, size } of sizes) {
      bytes += size
      if (last > 0 && bytes > maxBytes) break
      last = seq
    }
    const first = sizes[0]?.seq ?? 0
    const items = last === 0 ? [] : await this.itemsBetween(roomId, first, last)
    return { head: through, fromSeq: member.from_seq, items }
  }

  itemsAfter(roomId: string, after: number, limit: number): Promise<StoredItem[]> {
    return this.itemsBetween(roomId, after + 1, after + limit)
  }

  private async itemsBetween(roomId: string, first: number, last: number): Promise<StoredItem[]> {
    const rows = await this.db
      .selectFrom("chat_items")
      .selectAll()
      .where("room_id", "=", roomId)
      .where("seq", ">=", first)
      .where("seq", "<=", last)
      .orderBy("seq")
      .execute()
    return rows.flatMap((row) => itemOf(row) ?? [])
  }

  private memberRows(roomIds: readonly string[]) {
    return this.db
      .selectFrom("chat_members")
      .innerJoin("chat_clients", "chat_clients.id", "chat_members.client_id")
      .leftJoin("accounts", "accounts.id", "chat_clients.account_id")
      .selectAll("chat_members")
      .select(["chat_clients.account_id", "accounts.name", "chat_clients.certificate"])
      .where("room_id", "in", roomIds)
      .orderBy("client_id")
      .execute()
  }

  async roomState(roomId: string): Promise<(RoomHead & { readonly members: readonly RoomMember[] }) | undefined> {
    // Head and version before the members: members may be newer than the version says, never older.
    const room = await this.db
      .selectFrom("chat_rooms")
      .select(["head", "version"])
      .where("id", "=", roomId)
      .executeTakeFirst()
    if (room === undefined) return undefined
    return { roomId, ...room, members: (await this.memberRows([roomId])).map(memberOf) }
  }

  async headsOf(clientIds: readonly string[]): Promise<RoomHead[]> {
    if (clientIds.length === 0) return []
    const rows = await this.db
      .selectFrom("chat_rooms")
      .select(["id", "head", "version"])
      .where("id", "in", (e) =>
        e
          .selectFrom("chat_members")
          .select("room_id")
          .where("client_id", "in", clientIds)
          .where("state", "!=", StateCode.removed),
      )
      .execute()
    return rows.map(({ id, head, version }) => ({ roomId: id, head, version }))
  }

  async roomsOf(clientId: string, after: string, limit: number, nowMs: number): Promise<RoomSummary[]> {
    const rooms = await this.db
      .selectFrom("chat_rooms")
      .innerJoin("chat_members", "chat_members.room_id", "chat_rooms.id")
      .selectAll("chat_rooms")
      .where("client_id", "=", clientId)
      .where("state", "in", [StateCode.in, StateCode.waiting])
      .where("id", ">", after)
      .orderBy("id")
      .limit(limit)
      .execute()
    if (rooms.length === 0) return []
    const members = await this.memberRows(rooms.map(({ id }) => id))
    const online = await this.db
      .selectFrom("chat_online")
      .select("client_id")
      .where("until_ms", ">", nowMs)
      .where("client_id", "in", [...new Set(members.map((member) => member.client_id))])
      .execute()
    const isOnline = new Set(online.map((row) => row.client_id))
    return rooms.map(({ id, kind, epoch, head, version }) => ({
      roomId: id,
      kind: roomKindOf(kind),
      epoch,
      head,
      version,
      members: members
        .filter((row) => row.room_id === id && row.state !== StateCode.removed)
        .map((row) => ({
          ...memberOf(row),
          online: isOnline.has(row.client_id),
          certificate: toBytes(row.certificate),
        })),
    }))
  }
}
