import type { ChatStore, RoomMember, StoredItem } from "../../store/chat/chat-store.js"
import type { LocalClients } from "./local-clients.js"
import { membershipEvents } from "./membership-events.js"

/** Items read at once where one is missing. */
const READ_ITEMS = 64
/** Senders of so many items are remembered, to tell them that they were delivered. */
const REMEMBERED = 512

/** The item of a commit reaches those whom it added as their welcome. */
export const isWelcome = ({ kind, seq, sender, welcome }: StoredItem, clientId: string, fromSeq: number): boolean =>
  kind === "commit" && seq === fromSeq && sender !== clientId && welcome !== undefined

export interface FeedDeps {
  readonly store: Pick<ChatStore, "roomState" | "itemsAfter">
  readonly local: LocalClients
  /** Told of each item that went out, and to how many. */
  delivered(item: StoredItem, receivers: number): void
}

/** One room as this server's connections see it: every item once, in order, to everybody who may see it. Items come
 *  from this server's own writes, or out of the store when another server's are between them or a notice was missed. */
export class RoomFeed {
  private members: readonly RoomMember[] = []
  private version = -1
  private head = 0
  private readonly offered = new Map<number, StoredItem>()
  private readonly senders = new Map<number, string>()
  private stale = false
  private pumping: Promise<void> | undefined
  private asked = false
  /** The room is no more. */
  over = false

  private constructor(
    readonly roomId: string,
    private readonly deps: FeedDeps,
    private sent: number,
  ) {}

  /** Undefined when there is no such room. @param from "now": items from here on; "unread": also what clients that are
   *  connected here have not acknowledged, since they were added while nobody looked */
  static async open(deps: FeedDeps, roomId: string, from: "now" | "unread"): Promise<RoomFeed | undefined> {
    const state = await deps.store.roomState(roomId)
    if (state === undefined) return undefined
    const unread = state.members
      .filter(({ state: is, clientId }) => is === "in" && deps.local.get(clientId) !== undefined)
      .map(({ acked }) => acked)
    const feed = new RoomFeed(roomId, deps, from === "now" ? state.head : Math.min(state.head, ...unread))
    feed.head = state.head
    feed.version = state.version
    feed.members = state.members
    return feed
  }

  /** Those who are in the room. */
  present(): readonly RoomMember[] {
    return this.members.filter(({ state }) => state === "in")
  }

  isIn(clientId: string): boolean {
    return this.members.some((member) => member.clientId === clientId && member.state === "in")
  }

  hasLocal(): boolean {
    return this.members.some(({ clientId }) => this.deps.local.get(clientId) !== undefined)
  }

  /** This server wrote the item. */
  offer(item: StoredItem): Promise<void> {
    this.head = Math.max(this.head, item.seq)
    if (item.seq > this.sent) this.offered.set(item.seq, item)
    if (item.kind === "commit") this.stale = true
    return this.pump()
  }

  /** Something may have happened: another server wrote, or members changed. */
  touch(): Promise<void> {
    this.stale = true
    return this.pump()
  }

  /** True when the store is ahead of what went out. */
  isBehind(head: number, version: number): boolean {
    return head > this.sent || version !== this.version
  }

  /** Tells those whose items they are that `clientId` has them: items above `before` up to `seq`. */
  acknowledge(clientId: string, before: number, seq: number): void {
    const senders = new Set<string>()
    let unknown = seq - before > REMEMBERED
    for (let n = before + 1; n <= seq && !unknown; n++) {
      const sender = this.senders.get(n)
      if (sender === undefined) unknown = true
      else if (sender !== clientId) senders.add(sender)
    }
    const accounts = new Set(
      this.members.filter((member) => senders.has(member.clientId)).map(({ accountId }) => accountId),
    )
    const told = this.present().filter(
      (member) => member.clientId !== clientId && (unknown || accounts.has(member.accountId)),
    )
    this.deps.local.send(
      told.map((member) => member.clientId),
      { type: "delivered", roomId: this.roomId, clientId, seq },
    )
  }

  private pump(): Promise<void> {
    this.asked = true
    this.pumping ??= this.run()
    return this.pumping
  }

  private async run(): Promise<void> {
    await Promise.resolve() // `pumping` is set before this continues
    try {
      while (this.asked) {
        this.asked = false
        for (;;) {
          if (this.stale) await this.reload()
          if (this.over || this.sent >= this.head) break
          await this.next()
        }
      }
    } finally {
      this.pumping = undefined // in the same turn as the last look: whoever asks later begins again
    }
  }

  private async reload(): Promise<void> {
    this.stale = false
    const state = await this.deps.store.roomState(this.roomId)
    if (state === undefined) {
      this.over = true
      return
    }
    const before = this.members
    this.members = state.members
    this.version = state.version
    this.head = Math.max(this.head, state.head)
    const present = this.present().map(({ clientId }) => clientId)
    for (const { event, about } of membershipEvents(this.roomId, before, state.members)) {
      this.deps.local.send(
        present.filter((clientId) => clientId !== about),
        event,
      )
    }
  }

  private async next(): Promise<void> {
    const offered = this.offered.get(this.sent + 1)
    if (offered !== undefined) {
      this.deliver(offered)
      return
    }
    const items = await this.deps.store.itemsAfter(this.roomId, this.sent, READ_ITEMS)
    if (items.some(({ kind }) => kind === "commit")) await this.reload()
    for (const item of items) this.deliver(item)
    // What is in the store no more, everybody has.
    if (items.length === 0) this.sent = Math.min(this.head, this.sent + READ_ITEMS)
  }

  private deliver(item: StoredItem): void {
    const { seq, kind, sender, epoch, id, timeMs, bytes, welcome } = item
    for (let n = this.sent + 1; n <= seq; n++) this.offered.delete(n)
    this.sent = seq
    this.senders.set(seq, sender)
    this.senders.delete(seq - REMEMBERED)
    const welcomed: string[] = []
    const others: string[] = []
    for (const { clientId, state, fromSeq, untilSeq } of this.members) {
      const sees = state !== "waiting" && fromSeq > 0 && seq >= fromSeq && seq <= (untilSeq ?? seq)
      if (!sees || this.deps.local.get(clientId) === undefined) continue
      if (isWelcome(item, clientId, fromSeq)) welcomed.push(clientId)
      else others.push(clientId)
    }
    const { local } = this.deps
    const facts = { seq, sender, epoch, id, timeMs }
    local.send(others, { type: "item", roomId: this.roomId, item: { ...facts, kind, bytes } })
    if (welcome !== undefined) {
      const item = { ...facts, kind: "welcome", bytes: welcome } as const
      local.send(welcomed, { type: "item", roomId: this.roomId, item })
    }
    this.deps.delivered(item, others.length + welcomed.length)
  }
}
