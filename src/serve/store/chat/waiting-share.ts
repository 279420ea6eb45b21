import { type Selectable, sql, type Transaction } from "kysely"
import { freeBytesBeside } from "../free-bytes.js"
import type { Tables } from "../sql/schema.js"
import type { ChatQuotas } from "./chat-store.js"

type Trx = Transaction<Tables>
type RoomRow = Pick<Selectable<Tables["chat_rooms"]>, "id" | "waiting_bytes">

/** From this share of its quota on, a room holds nothing for devices that have left it, and the share of one account
 *  counts. */
const CROWDED = 1 / 2
/** What one account may have in a crowded room. */
const OF_ONE_ACCOUNT = 1 / 4
/** On top of each of the quotas, for commits. */
const FOR_COMMITS = 1 / 4
const COUNTED_MS = 60_000
const FREE_BYTES_MS = 1_000

export const isCrowded = (row: RoomRow, { waitingBytesPerRoom }: ChatQuotas): boolean =>
  row.waiting_bytes > CROWDED * waitingBytesPerRoom

/** What is to wait in a room. A member who fills a room must not keep the others from changing who is in it: a
 *  removal, a commit that removes and adds nobody, asks for no space in the room or on the disk. */
export interface Arrival {
  readonly as: "message" | "commit" | "removal"
  readonly sender: string
  readonly bytes: number
}

/** Bytes of the items that wait for somebody, by the account that sent them. */
export class WaitingShares {
  private readonly counted = new Map<string, { bytes: number; readonly atMs: number }>()
  private free = { bytes: Number.POSITIVE_INFINITY, atMs: Number.NEGATIVE_INFINITY }

  /** @param file of a SQLite store; the space on its disk is watched */
  constructor(
    private readonly quotas: ChatQuotas,
    private readonly file: string | undefined,
  ) {}

  /** Whether it may wait in the room; then it counts. */
  async holds(trx: Trx, row: RoomRow, { as, sender, bytes }: Arrival, nowMs: number): Promise<boolean> {
    const { waitingBytesPerRoom, waitingBytesPerAccount, minimumFreeBytes } = this.quotas
    const more = as === "message" ? 0 : FOR_COMMITS
    const asksForSpace = as !== "removal"
    if (asksForSpace && row.waiting_bytes + bytes > (1 + more) * waitingBytesPerRoom) return false
    if (asksForSpace && (await this.freeBytes()) < minimumFreeBytes) return false
    const ofAccount = (1 + more) * waitingBytesPerAccount
    const { account_id: accountId } = await trx
      .selectFrom("chat_clients")
      .select("account_id")
      .where("id", "=", sender)
      .executeTakeFirstOrThrow()
    if (accountId === null) return false
    let total = this.counted.get(accountId)
    const isOld = total === undefined || Math.abs(nowMs - total.atMs) > COUNTED_MS
    if (total === undefined || isOld || total.bytes + bytes > ofAccount) {
      if (isOld) this.forgetOld(nowMs)
      total = { bytes: await waitingOf(trx, accountId), atMs: nowMs }
      this.counted.set(accountId, total)
    }
    if (total.bytes + bytes > ofAccount) return false
    const crowded = row.waiting_bytes + bytes > CROWDED * waitingBytesPerRoom
    const ofRoom = (OF_ONE_ACCOUNT + more) * waitingBytesPerRoom
    if (asksForSpace && crowded && (await waitingOf(trx, accountId, row.id)) + bytes > ofRoom) return false
    total.bytes += bytes
    return true
  }

  private forgetOld(nowMs: number): void {
    for (const [id, { atMs }] of this.counted) if (Math.abs(nowMs - atMs) > COUNTED_MS) this.counted.delete(id)
  }

  private async freeBytes(): Promise<number> {
    if (this.file === undefined) return Number.POSITIVE_INFINITY
    const atMs = performance.now()
    if (atMs - this.free.atMs > FREE_BYTES_MS) {
      this.free = { bytes: await freeBytesBeside(this.file), atMs }
    }
    return this.free.bytes
  }
}

async function waitingOf(trx: Trx, accountId: string, roomId?: string): Promise<number> {
  const items = trx
    .selectFrom("chat_items")
    .innerJoin("chat_clients", "chat_clients.id", "chat_items.sender")
    .where("chat_clients.account_id", "=", accountId)
  const counted = roomId === undefined ? items : items.where("chat_items.room_id", "=", roomId)
  const { bytes } = await counted
    .select(sql<number | string | null>`sum(chat_items.size)`.as("bytes"))
    .executeTakeFirstOrThrow()
  return Number(bytes ?? 0)
}
