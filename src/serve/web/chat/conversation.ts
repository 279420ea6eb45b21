import { type ReadonlySignal, signal } from "@preact/signals"
import type { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import type { MemberView, RoomView, WaitingView } from "@sourceprint/protocol/chat/chat-view.js"
import type { ChatEntry } from "@sourceprint/protocol/chat/room/room-record.js"
import { type HistoryReader, HistoryWindow } from "./history-window.js"
import { type QueueProgress, queueProgress } from "./queue-progress.js"

/** The room's history around a seq, out of a client that reads backwards. */
function readerOf(client: ChatClient, roomId: string): HistoryReader {
  const newest = (): number => client.room(roomId)?.last?.seq ?? 0
  return {
    before: (seq, limit) => client.history(roomId, { limit, ...(seq !== undefined && { before: seq }) }),
    async after(seq, limit) {
      for (let span = limit; ; span *= 2) {
        const page = await client.history(roomId, { before: seq + span + 1, limit: span })
        const found = page.filter((entry) => entry.seq > seq)
        if (found.length >= limit || seq + span >= newest()) return found.slice(0, limit)
      }
    },
  }
}

/** One open conversation: what of it the page shows, kept up to date by `refresh` and `take`. */
export class Conversation {
  readonly history: HistoryWindow
  readonly selfId: string
  private readonly queue = signal<readonly WaitingView[]>([])
  private readonly people = signal<readonly MemberView[]>([])
  private readonly view = signal<RoomView | undefined>(undefined)
  private readonly found = signal<number | undefined>(undefined)
  private readonly spokenHere = signal(0)
  /** Where one reads, unless that is the end: the row at the top, and how far below it that is. */
  place: { readonly seq: number; readonly topPx: number } | undefined
  /** How far what waits has been sent; undefined: nothing waits. */
  readonly sending = signal<QueueProgress | undefined>(undefined)
  /** Raised when delivery may have changed. */
  readonly deliveries = signal(0)
  /** Members whose safety number was compared before, and whether it still is the one that was. */
  readonly compared = signal<ReadonlyMap<string, "same" | "changed">>(new Map())
  private comparedFor = ""
  /** Where reading stopped the last time; undefined when nothing was new. */
  readSeqAtOpening: number | undefined
  /** True once what the conversation was opened for is in view: the message that a search led to, or the first new
   *  one. */
  placed = false

  private constructor(
    private readonly client: ChatClient,
    readonly roomId: string,
  ) {
    this.selfId = client.self.accountId
    this.history = new HistoryWindow(readerOf(client, roomId))
  }

  /** @param seq a message to show, of which only what is around it is read
   *  @param place where one read it the last time: one continues there, unless something new has come */
  static async open(
    client: ChatClient,
    roomId: string,
    seq?: number,
    place?: Conversation["place"],
  ): Promise<Conversation> {
    const conversation = new Conversation(client, roomId)
    conversation.refresh()
    if (seq !== undefined) {
      conversation.found.value = seq
      await conversation.history.around(seq)
      return conversation
    }
    const { history } = conversation
    const { unread = 0, readSeq = 0 } = conversation.room.value ?? {}
    if (unread === 0 && place !== undefined) {
      conversation.place = place
      await history.around(place.seq)
      return conversation
    }
    await history.toNewest()
    if (unread === 0) return conversation
    conversation.readSeqAtOpening = readSeq
    // More is new than a page holds: one reads on where one stopped.
    if ((history.entries.value.at(0)?.seq ?? 0) > readSeq + 1) await history.around(readSeq + 1)
    return conversation
  }

  get queued(): ReadonlySignal<readonly WaitingView[]> {
    return this.queue
  }
  get members(): ReadonlySignal<readonly MemberView[]> {
    return this.people
  }
  get room(): ReadonlySignal<RoomView | undefined> {
    return this.view
  }
  /** The message that a search led to. */
  get marked(): ReadonlySignal<number | undefined> {
    return this.found
  }

  /** Raised when somebody writes here: then the end is shown. */
  get spoken(): ReadonlySignal<number> {
    return this.spokenHere
  }

  speak(): void {
    this.spokenHere.value++
  }

  clearMark(): void {
    this.found.value = undefined
  }

  /** The room, its members, or what waits has changed. */
  refresh(): void {
    this.view.value = this.client.room(this.roomId)
    if (this.view.value === undefined) return
    this.people.value = this.client.members(this.roomId)
    const queue = this.client.outbox(this.roomId)
    this.sending.value = queueProgress(this.sending.value, this.queue.value, queue)
    this.queue.value = queue
    this.deliveries.value++
  }

  /** Reads again, where a member's devices have changed since, which safety numbers were compared. */
  async refreshCompared(again = false): Promise<void> {
    const others = this.people.value.filter(({ self }) => !self)
    const devices = JSON.stringify(this.people.value.map(({ clients }) => clients.map(({ clientId }) => clientId)))
    if (devices === this.comparedFor && !again) return
    this.comparedFor = devices
    const found = new Map<string, "same" | "changed">()
    for (const { accountId } of others) {
      const { compared } = await this.client.safety(this.roomId, accountId)
      if (compared !== "never") found.set(accountId, compared)
    }
    if (devices === this.comparedFor) this.compared.value = found
  }

  /** An entry was stored. */
  take(entry: ChatEntry): void {
    if (entry.body.type !== "quiet") this.history.append(entry, true)
  }

  /** All that is shown was seen, if somebody looks. */
  markRead(): void {
    const last = this.history.entries.value.at(-1)
    if (last === undefined || !document.hasFocus() || (this.view.value?.unread ?? 0) === 0) return
    // Where nothing can be stored it stays unread; whoever writes is told so.
    this.client.markRead(this.roomId, last.seq).catch(() => undefined)
  }
}
