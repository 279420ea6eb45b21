import type { ChatStore, RoomMember } from "../../store/chat/chat-store.js"
import type { LocalClients } from "./local-clients.js"
import { type FeedDeps, RoomFeed } from "./room-feed.js"

/** Clients asked about in one query. */
const CLIENTS_AT_ONCE = 1000

/** The rooms of the clients that are connected here. */
export class RoomFeeds {
  private readonly feeds = new Map<string, RoomFeed>()
  private readonly opening = new Map<string, Promise<RoomFeed | undefined>>()

  constructor(
    private readonly deps: FeedDeps & {
      readonly store: Pick<ChatStore, "headsOf" | "roomState" | "itemsAfter">
    },
    private readonly local: LocalClients,
  ) {}

  get size(): number {
    return this.feeds.size
  }

  get(roomId: string): RoomFeed | undefined {
    return this.feeds.get(roomId)
  }

  /** The room's feed, opened if need be; undefined when there is no such room. */
  open(roomId: string, from: "now" | "unread"): Promise<RoomFeed | undefined> {
    const open = this.feeds.get(roomId)
    if (open !== undefined) return Promise.resolve(open)
    let opening = this.opening.get(roomId)
    if (opening === undefined) {
      opening = RoomFeed.open(this.deps, roomId, from)
        .then((feed) => {
          if (feed !== undefined) this.feeds.set(roomId, feed)
          return feed
        })
        .finally(() => this.opening.delete(roomId))
      this.opening.set(roomId, opening)
    }
    return opening
  }

  /** From now on this client misses nothing that happens in its rooms. */
  async follow(clientId: string): Promise<void> {
    for (const { roomId } of await this.deps.store.headsOf([clientId])) await this.open(roomId, "now")
  }

  /** Looks at the store: rooms that clients were added to, items and changes that nobody told of. */
  async catchUp(clientIds: readonly string[] = this.local.ids()): Promise<void> {
    for (let at = 0; at < clientIds.length; at += CLIENTS_AT_ONCE) {
      for (const { roomId, head, version } of await this.deps.store.headsOf(
        clientIds.slice(at, at + CLIENTS_AT_ONCE),
      )) {
        const feed = await this.open(roomId, "unread")
        if (feed?.isBehind(head, version)) await feed.touch()
      }
    }
  }

  /** Drops the feeds that nobody here listens to. */
  forget(): void {
    for (const [roomId, feed] of this.feeds) {
      if (feed.over || !feed.hasLocal()) this.feeds.delete(roomId)
    }
  }

  /** Members here that are in a room with the account, other than its own; and the account's name. */
  sharingWith(accountId: string): {
    readonly name: string | undefined
    readonly clientIds: ReadonlySet<string>
  } {
    const clientIds = new Set<string>()
    let name: string | undefined
    for (const feed of this.feeds.values()) {
      const present = feed.present()
      const found: RoomMember | undefined = present.find((member) => member.accountId === accountId)
      if (found === undefined) continue
      name ??= found.name
      for (const member of present) if (member.accountId !== accountId) clientIds.add(member.clientId)
    }
    return { name, clientIds }
  }
}
