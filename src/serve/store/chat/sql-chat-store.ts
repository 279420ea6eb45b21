import { sql } from "kysely"
import { type SqlDatabase, toBytes } from "../sql/database.js"
import { ChatNotices } from "./chat-notices.js"
import type {
  ChatClientRow,
  ChatNotice,
  ChatQuotas,
  ChatStore,
  ClaimedPackage,
  RoomOperation,
  RoomOutcome,
} from "./chat-store.js"
import { registerClient, retireClients } from "./client-rows.js"
import { createRoom, type NewRoom } from "./create-room.js"
import { claimKeyPackages, putKeyPackages } from "./key-package-rows.js"
import { OnlineRows } from "./online-rows.js"
import { pruneChat } from "./prune-chat.js"
import { applyBatch } from "./room-batch.js"
import { RoomReading } from "./room-reading.js"
import { WaitingShares } from "./waiting-share.js"

/** ChatStore over SQLite or PostgreSQL. */
export class SqlChatStore implements ChatStore {
  private readonly notices: ChatNotices
  private readonly online: OnlineRows
  private readonly reading: RoomReading
  private readonly shares: WaitingShares

  /** @param serverId names this process to the others on the same database */
  constructor(
    private readonly database: SqlDatabase,
    private readonly quotas: ChatQuotas,
    serverId: string,
  ) {
    this.notices = new ChatNotices(database, serverId)
    this.online = new OnlineRows(database, serverId)
    this.reading = new RoomReading(database)
    this.shares = new WaitingShares(quotas, database.file)
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

  async claimKeyPackages(nameKey: string, clientIds: readonly string[]): Promise<ClaimedPackage[] | undefined> {
    const accountId = await this.accountId(nameKey)
    return accountId === undefined ? undefined : claimKeyPackages(this.database, accountId, clientIds)
  }

  createRoom(room: NewRoom, nowMs: number): Promise<"created" | "known" | "room" | "full"> {
    return createRoom(this.database, this.quotas, room, nowMs)
  }

  apply(operations: readonly RoomOperation[], nowMs: number): Promise<RoomOutcome[]> {
    return applyBatch(this.database, this.notices, this.quotas, this.shares, operations, nowMs)
  }

  itemsFor = (roomId: string, clientId: string, after: number, limit: number, maxBytes: number) =>
    this.reading.itemsFor(roomId, clientId, after, limit, maxBytes)
  itemsAfter = (roomId: string, after: number, limit: number) => this.reading.itemsAfter(roomId, after, limit)
  roomState = (roomId: string) => this.reading.roomState(roomId)
  headsOf = (clientIds: readonly string[]) => this.reading.headsOf(clientIds)
  roomsOf = (clientId: string, after: string, limit: number, nowMs: number) =>
    this.reading.roomsOf(clientId, after, limit, nowMs)

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

  prune = (nowMs: number, keepMs: number): Promise<void> => pruneChat(this.database, nowMs, keepMs)

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
