import { sql } from "kysely"
import { type SqlDatabase, toBytes } from "../sql/database.js"
import { ChatNotices } from "./chat-notices.js"
import { itemOf, memberOf, RoomKindCode, roomKindOf, StateCode } from "./chat-rows.js"
import type {
  ChatClientRow,
  ChatNotice,
  ChatQuotas,
  ChatStore,
  ClaimedPackage,
  RoomHead,
  RoomMember,
  RoomOperation,
  RoomOutcome,
  RoomSummary,
  StoredItem,
} from "./chat-store.js"
import {
  claimKeyPackages,
  deleteUnneeded,
  putKeyPackages,
  registerClient,
  retireClients,
} from "./client-rows.js"
import { lockRooms } from "./lock-rooms.js"
import { OnlineRows } from "./online-rows.js"
import { applyBatch } from "./room-batch.js"

/** How long an expired item's id is remembered, as a multiple of how long the item was kept. */
const REMEMBERED = 3

/** ChatStore over SQLite or PostgreSQL. */
export class SqlChatStore implements ChatStore {
  private readonly notices: ChatNotices
  private readonly online: OnlineRows

  /** @param serverId names this process to the others on the same database */
  constructor(
    private readonly database: SqlDatabase,
    private readonly quotas: ChatQuotas,
    serverId: string,
  ) {
    this.notices = new ChatNotices(database, serverId)
    this.online = new OnlineRows(database, serverId)
  }

  private get db() {
    return this.database.db
  }

  registerClient(client: ChatClientRow, nowMs: number) {
    return registerClient(this.database, this.notices, this.quotas, client, nowMs)
  }

  dropClient(accountId: string, clientId: string, nowMs: number): Promise<boolean> {
    return this.db.transaction().execute(async (trx) => {
      const mine = await trx
        .selectFrom("chat_clients")
        .select("id")
        .where("id", "=", clientId)
        .where("account_id", "=", accountId)
        .executeTakeFirst()
      if (mine === undefined) return false
      await retireClients(this.database, trx, this.notices, [clientId], nowMs)
      return true
    })
  }

  private async accountId(nameKey: string): Promise<string | undefined> {
    const query = this.db.selectFrom("accounts").select("id").where("name_key", "=", nameKey)
    return (await query.where("disabled", "=", 0).executeTakeFirst())?.id
  }

  async clientsOf(nameKey: string): Promise<Uint8Array[] | undefined> {
    const accountId = await this.accountId(nameKey)
    if (accountId === undefined) return undefined
    const rows = await this.db
      .selectFrom("chat_clients")
      .select("certificate")
      .where("account_id", "=", accountId)
      .where("dropped", "=", 0)
      .orderBy("id")
      .execute()
    return rows.map(({ certificate }) => toBytes(certificate))
  }

  async namesFrom(prefix: string, limit: number): Promise<string[]> {
    const escaped = prefix.replace(/[\\%_]/g, (special) => `\\${special}`)
    const rows = await this.db
      .selectFrom("accounts")
      .select("name")
      .where(sql<boolean>`name_key like ${`${escaped}%`} escape '\\'`)
      .where("disabled", "=", 0)
      .orderBy("name_key")
      .limit(limit)
      .execute()
    return rows.map(({ name }) => name)
  }

  putKeyPackages(clientId: string, packages: readonly Uint8Array[], lastResort: Uint8Array | undefined) {
    return putKeyPackages(this.database, this.quotas, clientId, packages, lastResort)
  }

  async claimKeyPackages(
    nameKey: string,
    clientIds: readonly string[],
  ): Promise<ClaimedPackage[] | undefined> {
    const accountId = await this.accountId(nameKey)
    return accountId === undefined ? undefined : claimKeyPackages(this.database, accountId, clientIds)
  }

  createRoom(
    {
      roomId,
      kind,
      clientId,
    }: { readonly roomId: string; readonly kind: "room" | "direct"; readonly clientId: string },
    nowMs: number,
  ): Promise<"created" | "known" | "room" | "full"> {
    return this.db.transaction().execute(async (trx) => {
      const client = await trx
        .selectFrom("chat_clients")
        .select("account_id")
        .where("id", "=", clientId)
        .where("dropped", "=", 0)
        .executeTakeFirst()
      if (client?.account_id == null) return "room"
      const account = client.account_id
      const [known] = await lockRooms(this.database, trx, [roomId])
      if (known !== undefined) return known.creator === clientId ? "known" : "room"
      const { count } = await trx
        .selectFrom("chat_rooms")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("creator_account", "=", account)
        .executeTakeFirstOrThrow()
      if (count >= this.quotas.roomsPerAccount) return "full"
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

  apply(operations: readonly RoomOperation[], nowMs: number): Promise<RoomOutcome[]> {
    return applyBatch(this.database, this.notices, this.quotas, operations, nowMs)
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

  async roomState(
    roomId: string,
  ): Promise<(RoomHead & { readonly members: readonly RoomMember[] }) | undefined> {
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

  beginOnline = (): Promise<void> => this.online.begin()
  setOnline = (clientId: string, accountId: string, untilMs: number, nowMs: number): Promise<boolean> =>
    this.online.set(clientId, accountId, untilMs, nowMs)
  clearOnline = (clientId: string, accountId: string, nowMs: number): Promise<boolean> =>
    this.online.clear(clientId, accountId, nowMs)
  prolongOnline = (untilMs: number): Promise<void> => this.online.prolong(untilMs)
  takeExpired = (nowMs: number): Promise<string[]> => this.online.takeExpired(nowMs)

  announce(texts: readonly string[]): Promise<void> {
    return this.notices.send(this.db, { rooms: [], added: [], texts })
  }

  listen(onNotice: (notice: ChatNotice) => void, onGap: () => void): () => Promise<void> {
    return this.notices.listen(onNotice, onGap)
  }

  async prune(nowMs: number, keepMs: number): Promise<void> {
    const cutMs = nowMs - keepMs
    await this.db.transaction().execute(async (trx) => {
      const old = await trx
        .selectFrom("chat_items")
        .select("room_id")
        .distinct()
        .where("time_ms", "<", cutMs)
        .where("bytes", "is not", null)
        .execute()
      for (const { id } of await lockRooms(
        this.database,
        trx,
        old.map((row) => row.room_id),
      )) {
        const dying = trx.selectFrom("chat_items").where("room_id", "=", id).where("time_ms", "<", cutMs)
        const { size } = await dying
          .select(sql<number | null>`sum(size)`.as("size"))
          .executeTakeFirstOrThrow()
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

  async counts(): Promise<{ rooms: number; clients: number; items: number }> {
    const count = async (table: "chat_rooms" | "chat_clients" | "chat_items"): Promise<number> => {
      const query = this.db.selectFrom(table).select(({ fn }) => fn.countAll<number>().as("count"))
      return (await query.executeTakeFirstOrThrow()).count
    }
    return {
      rooms: await count("chat_rooms"),
      clients: await count("chat_clients"),
      items: await count("chat_items"),
    }
  }
}
