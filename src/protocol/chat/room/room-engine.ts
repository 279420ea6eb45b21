import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import pLimit from "p-limit"
import { nameKey } from "../../account-name.js"
import type { StoredEntry } from "../chat-storage.js"
import type { ChatContent } from "../contents.js"
import type { ChatItem } from "../wire.js"
import { applyRun, LONGEST_RUN, nextRun } from "./apply-run.js"
import { newUtterance } from "./new-utterance.js"
import { noDeviceOf } from "./plan-membership.js"
import type { RoomHost } from "./room-host.js"
import type { RoomPort } from "./room-port.js"
import type { RoomTask } from "./room-record.js"
import { type RoomState, stateWrites, withoutGroup, withTasks } from "./room-state.js"
import { isPosting, workOnce } from "./room-worker.js"
import { turnDelayMs } from "./take-turns.js"

const PAGE = 256
const RETRY_MS = 1_000
/** Whose own devices may remove them have so long before the others do. */
const GONE_MS = 5_000
/** A new device registers first and leaves its keys then, which takes a slow one a while: it is asked for after 2, 4,
 *  8, 16 and 32 s. */
const KEY_PACKAGE_TRIES = 5
const KEY_PACKAGE_RETRY_MS = 2_000
/** Passing refusals. */
const LATER = ["application/busy", "application/timeout", "application/refused/rate"]

/** One room: applies its items in order, does its tasks, and writes every change before it shows or sends it. All of it
 *  happens in one queue, one step after another. */
export class RoomEngine implements RoomPort {
  readonly waiting = new Set<string>()
  readonly acknowledged = new Set<string>()
  private readonly inOrder = pLimit(1)
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
  async send(content: ChatContent): Promise<string> {
    const task = newUtterance(this.host, content)
    await this.ask(task)
    return task.id
  }

  /** One step of its own: `make` gets the current state, and nothing else changes it meanwhile. */
  change(make: (state: RoomState) => RoomState | Promise<RoomState>): Promise<void> {
    return this.inOrder(async () => this.move(await make(this.current)))
  }

  /** Works on what there is to do; at most one run is queued at a time. */
  wake(): void {
    if (this.scheduled || this.closed) return
    this.scheduled = true
    void this.inOrder(() => {
      this.scheduled = false
      return this.guarded(() => this.work())
    })
  }

  /** Fetches what was missed. Resolves when that is done or the connection is gone; `wake` then works. */
  sync(): Promise<void> {
    this.acknowledged.clear()
    this.rejoining = false
    return this.inOrder(() => this.guarded(() => this.catchUp()))
  }

  /** When everything that is queued has been done. */
  get idle(): Promise<unknown> {
    return this.inOrder(() => {})
  }

  close(): void {
    this.closed = true
    for (const off of this.timers) off()
    this.timers.clear()
  }

  async move(to: RoomState, zeroize?: () => void): Promise<void> {
    if (to === this.current) return
    const { puts, deletes } = stateWrites(this.current, to)
    await this.store(to, puts, deletes, zeroize)
  }

  private async store(
    to: RoomState,
    puts: readonly StoredEntry[],
    deletes: readonly string[],
    zeroize?: () => void,
  ): Promise<void> {
    const before = this.current
    await this.host.storage.write(puts, deletes)
    this.current = to
    zeroize?.()
    if (to.group === undefined) before.group?.zeroize()
    if (this.closed) return
    const { roomId } = this
    if (before.tasks !== to.tasks) this.host.emit({ type: "outbox", roomId })
    this.host.emit({ type: "room", roomId })
  }

  /** The end of the connection is no error of the room's: the tasks wait for the next one. */
  private async guarded(run: () => Promise<void>): Promise<void> {
    if (!this.host.online || this.closed) return
    try {
      await run()
    } catch (error) {
      if (LATER.some((code) => hasCode(error, code))) this.later(RETRY_MS, () => this.wake())
      else if (!hasCode(error, "application/closed")) this.complain(error)
    }
  }

  private complain(error: unknown): void {
    this.host.emit({ type: "problem", roomId: this.roomId, code: "chat/room", words: messageOf(error) })
  }

  private async work(): Promise<void> {
    for (;;) {
      // Own messages come back one by one: while sealed ones are being sent, a full run is stored in one write.
      if (!isPosting(this) || this.inbox.length >= LONGEST_RUN) await this.drain()
      if (!this.host.online || this.closed) return
      if (this.current.record.status === "lost") await this.rejoin()
      if (!(await workOnce(this)) && this.inbox.length === 0) return
    }
  }

  private async drain(): Promise<void> {
    while (this.inbox.length > 0) {
      const { cursor } = this.current.record
      this.inbox = this.inbox.filter(({ seq }) => seq > cursor)
      const run = nextRun(this.inbox)
      this.inbox = this.inbox.slice(run.length)
      if (run[0] === undefined) return
      if (run[0].seq > cursor + 1) await this.catchUp()
      else await this.take(run, true)
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
      if (answer === undefined) return this.move(withoutGroup(this.current, "removed"))
      let items = answer.items.filter(({ seq }) => seq > cursor)
      while (items[0] !== undefined) {
        if (!(await this.repairGap(items[0]))) return
        const run = nextRun(items)
        await this.take(run, false)
        items = items.slice(run.length)
      }
      const { record } = this.current
      if (record.cursor < answer.head && record.cursor !== cursor) continue
      // Everything was read and no welcome was among it: it was deleted before this client came.
      if (record.status === "joining" && answer.head > 0) await this.move(withoutGroup(this.current, "lost"))
      return
    }
  }

  /** Items that were deleted before they were read, or withheld: the group cannot be followed over the gap. */
  private async repairGap(item: ChatItem): Promise<boolean> {
    const { group, record } = this.current
    if (group === undefined || item.seq === record.cursor + 1) return true
    await this.move(withoutGroup(this.current, "lost"))
    return item.kind === "welcome"
  }

  private async take(items: readonly ChatItem[], live: boolean): Promise<void> {
    const run = await applyRun(this.host, this.current, items)
    await this.store(run.state, run.puts, run.deletes, run.zeroize)
    const { roomId } = this
    for (const { item, applied } of run.steps) {
      const { entry, changed, departs } = applied
      this.acknowledged.delete(item.id)
      if (entry?.body.type === "members") {
        for (const { clientId } of entry.body.added) this.waiting.delete(clientId)
      }
      if (entry !== undefined && !this.closed) this.host.emit({ type: "entry", roomId, entry, live })
      if (changed !== undefined && !this.closed) this.host.emit({ type: "changed", roomId, entry: changed })
      if (departs !== undefined) this.evictMember(departs)
    }
    if (run.state.record.status === "active") this.rejoining = false
    this.host.acknowledge(roomId, run.state.record.cursor)
  }

  /** Asks once a connection to be added again. */
  private async rejoin(): Promise<void> {
    if (this.rejoining) return
    this.rejoining = true
    await this.host.ask({ type: "rejoin", roomId: this.roomId }, "done")
  }

  /** Somebody has left: one of those who stay removes them. The own account's departure is done by the others. */
  private evictMember(accountId: string): void {
    if (accountId === this.host.self.accountId) return
    const gone = (state: RoomState): boolean => !claimsIn(state).some((claims) => claims.accountId === accountId)
    this.inTurn(accountId, gone, { type: "removeAccount", accountId })
  }

  /** A client that gets nothing any more: dropped as lost, its account deleted, or gone before the others heard it say
   *  so. Its own person's devices have the first chance. */
  evictClient(clientId: string): void {
    if (clientId === this.host.self.clientId) return
    const gone = (state: RoomState): boolean => !claimsIn(state).some((claims) => claims.clientId === clientId)
    if (!gone(this.current)) this.inTurn(clientId, gone, { type: "removeClient", clientId }, GONE_MS)
  }

  keyPackageMissing(name: string, clientId: string): void {
    const tries = (this.tries.get(clientId) ?? 0) + 1
    this.tries.set(clientId, tries)
    const another = claimsIn(this.current).some((claims) => nameKey(claims.name) === nameKey(name))
    if (tries <= KEY_PACKAGE_TRIES)
      this.later(KEY_PACKAGE_RETRY_MS * 2 ** (tries - 1), () => this.welcomeClient(name, clientId))
    else if (!another) this.complain(new AppError("chat/nobody", noDeviceOf(name)))
  }

  /** A client of a member's account waits to be added. */
  welcomeClient(name: string, clientId: string): void {
    const there = (state: RoomState): boolean =>
      !this.waiting.has(clientId) && claimsIn(state).some((claims) => claims.clientId === clientId)
    this.inTurn(clientId, there, { type: "addClient", name, clientId })
  }

  /** A member whose turn comes when it is done does nothing. That two of them act at once is harmless: the server takes
   *  one commit an epoch. */
  private inTurn(subject: string, done: (state: RoomState) => boolean, task: RoomTask, firstMs = 0): void {
    const { host, roomId } = this
    const isPresent = (name: string): boolean => host.isPresent(name)
    const turnMs = turnDelayMs(roomId, subject, claimsIn(this.current), host.self.clientId, isPresent)
    if (turnMs === undefined) return
    const same = (one: RoomTask): boolean => JSON.stringify(one) === JSON.stringify(task)
    const act = (): void => {
      const wanted = this.change((state) => {
        const idle = state.group === undefined || done(state) || state.tasks.some((one) => same(one.task))
        return idle ? state : withTasks(state, [task])
      })
      wanted.then(
        () => this.wake(),
        (error: unknown) => this.complain(error),
      )
    }
    if (firstMs + turnMs === 0) act()
    else this.later(firstMs + turnMs, act)
  }

  private later(delayMs: number, run: () => void): void {
    const off = this.host.clock.after(delayMs, () => {
      this.timers.delete(off)
      if (!this.closed) run()
    })
    this.timers.add(off)
  }
}

const claimsIn = ({ group }: RoomState) => (group?.members() ?? []).map(({ claims }) => claims)
