import type { Clock } from "@sourceprint/core/clock.js"
import type { ChatStore } from "../../store/chat/chat-store.js"
import type { LocalClient, LocalClients } from "./local-clients.js"
import type { RoomFeeds } from "./room-feeds.js"
import type { ServerNotice } from "./server-notice.js"

const EVERY_MS = 20_000
/** A server that dies takes its clients offline after this at the latest. */
const LASTS_MS = 60_000

type OnlineStore = Pick<ChatStore, "beginOnline" | "setOnline" | "clearOnline" | "prolongOnline" | "takeExpired">

/** Who is online, over all servers on the store; told to those who share a room. */
export class Presence {
  readonly everyMs = EVERY_MS

  constructor(
    private readonly store: OnlineStore,
    private readonly clock: Clock,
    private readonly feeds: RoomFeeds,
    private readonly local: LocalClients,
    private readonly tell: (notice: ServerNotice) => void,
  ) {}

  begin(): Promise<void> {
    return this.store.beginOnline()
  }

  async arrived({ clientId, accountId }: LocalClient): Promise<void> {
    const nowMs = this.clock.nowMs()
    const already = await this.store.setOnline(clientId, accountId, nowMs + LASTS_MS, nowMs)
    if (!already) this.changed(accountId, true)
  }

  async left({ clientId, accountId }: LocalClient): Promise<void> {
    const still = await this.store.clearOnline(clientId, accountId, this.clock.nowMs())
    if (!still) this.changed(accountId, false)
  }

  async prolong(): Promise<void> {
    const nowMs = this.clock.nowMs()
    await this.store.prolongOnline(nowMs + LASTS_MS)
    for (const accountId of await this.store.takeExpired(nowMs)) this.changed(accountId, false)
  }

  /** Here or elsewhere. */
  told(accountId: string, online: boolean): void {
    const { name, clientIds } = this.feeds.sharingWith(accountId)
    if (name !== undefined) this.local.send(clientIds, { type: "presence", name, online })
  }

  private changed(accountId: string, online: boolean): void {
    this.told(accountId, online)
    this.tell({ about: "presence", accountId, online })
  }
}
