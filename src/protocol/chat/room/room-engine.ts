import { hasCode, messageOf } from "../../../shared/errors.js"
import { seedOf } from "../../../shared/rng.js"
import type { ChatContent } from "../contents.js"
import { SerialQueue } from "../serial-queue.js"
import type { ChatItem } from "../wire.js"
import { applyItem } from "./apply-item.js"
import { newSay } from "./new-say.js"
import type { RoomHost } from "./room-host.js"
import type { RoomTask } from "./room-record.js"
import { type RoomChange, type RoomState, withoutGroup, withTasks } from "./room-state.js"
import { type RoomDesk, workOnce } from "./room-worker.js"

const PAGE = 256
/** Members act on news in turns, so that mostly one of them does: its rank times this. */
const TURN_MS = 2_000
const TURNS = 10
const RETRY_MS = 1_000
const GONE_MS = 5_000
const EARLY_TRIES = 5
/** Passing refusals. */
const LATER = ["application/busy", "application/timeout", "application/refused/rate"]

/** One room: applies its items in order, does its tasks, and writes every change before it shows or sends it. All of it
 *  happens in one queue, one step after another. */
export class RoomEngine implements RoomDesk {
  readonly waiting = new Set<string>()
  readonly taken = new Set<string>()
  private readonly queue = new SerialQueue()
  private inbox: ChatItem[] = []
  private scheduled = false
  private readonly timers = new Set<() => void>()
  private readonly tries = new Map<string, number>()
  private rejoining = false
  private closed = false

  constructor(
    readonly host: RoomHost,
    private current: RoomState,
  ) {}

  get state(): RoomState {
    return this.current
  }
  get roomId(): string {
    return this.current.record.roomId
  }

  /** An item event. */
  deliver(item: ChatItem): void {
    this.inbox.push(item)
    this.wake()
  }

  /** Wants something of the room; it is stored when this resolves, and done when the server allows. */
  async ask(...tasks: readonly RoomTask[]): Promise<void> {
    await this.change((state) => withTasks(state, tasks))
    this.wake()
  }

  /** @returns the id of the utterance */
  async say(content: ChatContent): Promise<string> {
    const task = newSay(this.host, content)
    await this.ask(task)
    return task.id
  }

  /** One step of its own: `make` sees the state as it then is. */
  change(make: (state: RoomState) => RoomChange | undefined): Promise<void> {
    return this.queue.run(async () => {
      const change = make(this.current)
      if (change !== undefined) await this.write(change)
    })
  }

  /** Works on what there is to do; at most one run is queued at a time. */
  wake(): void {
    if (this.scheduled || this.closed) return
    this.scheduled = true
    void this.queue.run(() => {
      this.scheduled = false
      return this.run()
    })
  }

  /** Fetches what was missed, then works. Resolves when both are done or the connection is gone. */
  sync(): Promise<void> {
    this.taken.clear()
    this.rejoining = false
    return this.queue.run(() => this.guarded(() => this.catchUp().then(() => this.work())))
  }

  /** When everything that is queued has been done. */
  get idle(): Promise<unknown> {
    return this.queue.idle
  }

  close(): void {
    this.closed = true
    for (const off of this.timers) off()
    this.timers.clear()
  }

  async write(change: RoomChange): Promise<void> {
    // A key that is put twice keeps the later value; a put wins over no delete, since none of ours does both.
    const puts = new Map(change.puts.map((one) => [one.key, one]))
    await this.host.storage.write([...puts.values()], change.deletes)
    const tasksBefore = this.current.tasks
    this.current = change.state
    change.forget?.()
    if (this.closed) return
    const { roomId } = this
    if (tasksBefore !== change.state.tasks) this.host.emit({ type: "outbox", roomId })
    this.host.emit({ type: "room", roomId })
  }

  private run(): Promise<void> {
    return this.guarded(() => this.work())
  }

  /** The end of the connection is no error of the room's: the tasks wait for the next one. */
  private async guarded(run: () => Promise<void>): Promise<void> {
    if (!this.host.online || this.closed) return
    try {
      await run()
    } catch (error) {
      if (LATER.some((code) => hasCode(error, code))) {
        this.later(RETRY_MS, () => this.wake())
      } else if (!hasCode(error, "application/closed")) {
        const { roomId } = this
        this.host.emit({ type: "problem", roomId, code: "chat/room", words: messageOf(error) })
      }
    }
  }

  private async work(): Promise<void> {
    for (;;) {
      await this.drain()
      if (!this.host.online || this.closed) return
      if (this.current.record.status === "lost") await this.rejoin()
      if (!(await workOnce(this)) && this.inbox.length === 0) return
    }
  }

  private async drain(): Promise<void> {
    for (let item = this.inbox.shift(); item !== undefined; item = this.inbox.shift()) {
      const { cursor } = this.current.record
      if (item.seq <= cursor) continue
      if (item.seq > cursor + 1) await this.catchUp()
      else await this.take(item, true)
    }
  }

  /** A server that no longer knows this client in the room has, for all that can be known here, removed it. */
  async catchUp(): Promise<void> {
    for (;;) {
      const { cursor } = this.current.record
      const request = { type: "fetch", roomId: this.roomId, after: cursor, limit: PAGE } as const
      const answer = await this.host.ask(request, "items").catch((error: unknown) => {
        if (hasCode(error, "application/refused/room")) return undefined
        throw error
      })
      if (answer === undefined) return this.write(withoutGroup(this.current, "removed", false))
      const { head, items } = answer
      for (const item of items) {
        if (item.seq <= this.current.record.cursor) continue
        if (!(await this.mendGap(item))) return
        await this.take(item, false)
      }
      if (this.current.record.cursor >= head || this.current.record.cursor === cursor) return
    }
  }

  /** Items that were deleted before they were read, or withheld: the group cannot be followed over the gap. */
  private async mendGap(item: ChatItem): Promise<boolean> {
    const { group, record } = this.current
    if (group === undefined || item.seq === record.cursor + 1) return true
    await this.write(withoutGroup(this.current, "lost", true))
    return item.kind === "welcome"
  }

  private async take(item: ChatItem, live: boolean): Promise<void> {
    const change = await applyItem(this.host, this.current, item)
    await this.write(change)
    const { roomId } = this
    if (change.entry !== undefined) {
      this.host.emit({ type: "entry", roomId, entry: change.entry, live })
      if (change.entry.body.type === "members") {
        for (const { clientId } of change.entry.body.added) this.waiting.delete(clientId)
      }
    }
    this.taken.delete(item.id)
    if (change.state.record.status === "active") this.rejoining = false
    this.host.acknowledge(roomId, item.seq)
    if (change.departs !== undefined) this.seeOff(change.departs)
  }

  /** Asks once a connection to be added anew. */
  private async rejoin(): Promise<void> {
    if (this.rejoining) return
    this.rejoining = true
    await this.host.ask({ type: "rejoin", roomId: this.roomId }, "done")
  }

  /** Somebody has left: one of those who stay removes them. The own account's departure is done by the others. */
  private seeOff(accountId: string): void {
    if (accountId === this.host.self.accountId) return
    const gone = (state: RoomState): boolean =>
      !state.group?.members().some(({ claims }) => claims.accountId === accountId)
    this.inTurn(accountId, gone, { type: "removeAccount", accountId })
  }

  /** A client that gets nothing any more: dropped as lost, its account deleted, or gone before the others heard it say so. Its
   *  own person's devices have the first chance. */
  seeOffClient(clientId: string): void {
    if (clientId === this.host.self.clientId) return
    const gone = (state: RoomState): boolean =>
      !state.group?.members().some(({ claims }) => claims.clientId === clientId)
    if (!gone(this.current)) this.inTurn(clientId, gone, { type: "removeClient", clientId }, GONE_MS)
  }

  early(name: string, clientId: string): void {
    const tries = (this.tries.get(clientId) ?? 0) + 1
    this.tries.set(clientId, tries)
    if (tries <= EARLY_TRIES) this.later(TURN_MS, () => this.welcomeClient(name, clientId))
  }

  /** A client of a member's account waits to be added. */
  welcomeClient(name: string, clientId: string): void {
    const there = (state: RoomState): boolean =>
      !this.waiting.has(clientId) &&
      (state.group?.members().some(({ claims }) => claims.clientId === clientId) ?? true)
    this.inTurn(clientId, there, { type: "addClient", name, clientId })
  }

  /** The online members take turns in an order that the subject decides; a member whose turn comes when it is done does
   *  nothing. That two of them act at once is harmless: the server takes one commit an epoch. */
  private inTurn(subject: string, done: (state: RoomState) => boolean, task: RoomTask, firstMs = 0): void {
    const { self } = this.host
    const present = (this.current.group?.members() ?? []).filter(
      ({ claims }) =>
        claims.clientId === self.clientId ||
        (claims.clientId !== subject && claims.accountId !== subject && this.host.isPresent(claims.name)),
    )
    const weight = (clientId: string): number => seedOf(`${this.roomId}/${subject}/${clientId}`)
    const mine = weight(self.clientId)
    const rank = present.filter(({ claims }) => weight(claims.clientId) < mine).length
    if (rank >= TURNS) return
    const act = (): void => {
      void this.change((state) => {
        const same = (one: RoomTask): boolean => JSON.stringify(one) === JSON.stringify(task)
        if (state.group === undefined || done(state) || state.tasks.some((one) => same(one.task)))
          return undefined
        return withTasks(state, [task])
      }).then(() => this.wake())
    }
    const delayMs = firstMs + rank * TURN_MS
    if (delayMs === 0) act()
    else this.later(delayMs, act)
  }

  private later(delayMs: number, run: () => void): void {
    const off = this.host.clock.after(delayMs, () => {
      this.timers.delete(off)
      if (!this.closed) run()
    })
    this.timers.add(off)
  }
}
