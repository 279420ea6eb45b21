import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { nameKey } from "../account-name.js"
import type { FileDescriptor } from "../files/file-descriptor.js"
import type { CertificateClaims } from "./certificate.js"
import { type ChatClientOptions, ChatCore } from "./chat-core.js"
import { deleteHistory, isShown, readHistory, searchHistory, withChanges } from "./chat-history.js"
import { ChatLimit } from "./chat-limits.js"
import type { ChatTransport } from "./chat-ports.js"
import { put } from "./chat-storage.js"
import type { ChatUpdate } from "./chat-update.js"
import {
  type DeliveryView,
  type MemberView,
  membersView,
  type RoomView,
  roomView,
  type WaitingView,
  waitingView,
} from "./chat-view.js"
import { compareSafety, type SafetyView } from "./compare-safety.js"
import { MessageActions, sayable } from "./message-actions.js"
import { newRoom, roomName } from "./room/new-room.js"
import { newUtterance } from "./room/new-utterance.js"
import type { RoomEngine } from "./room/room-engine.js"
import { type ChatEntry, chatKey, countsAsUnread } from "./room/room-record.js"
import { withoutGroup } from "./room/room-state.js"

/** One installation's end-to-end encrypted chat, in the page and in the terminal.
 *
 *      const chat = await ChatClient.open({ crypto: webCrypto, storage, clock: systemChatClock, serverIdentity, name })
 *      const stop = chat.subscribe((update) => …)   // what to read again: rooms(), history(), outbox(), members() …
 *      await chat.connect(transport)                // after each sign-in or resume; resolves when caught up
 *      const roomId = await chat.createRoom("Garden", ["Bob"])
 *      await chat.sendText(roomId, "hello")         // resolves when stored; sent when the server can be reached
 *
 *  What is asked for while offline is stored and done later, in its order. A crash at any moment neither loses nor
 *  doubles anything. Reconnecting is the host's: on the update `connection: false`, sign in or resume and call
 *  `connect` again. Methods throw AppError: "chat/room" (no such room), "chat/text" (empty or too long), "chat/offline"
 *  (needs the server), "chat/nobody" (the person has no client), "chat/status" (the room's status does not allow it),
 *  and what the transport throws. */
export class ChatClient {
  private readonly lasts = new Map<string, ChatEntry>()
  /** Replies, edits, deletions and reactions. */
  readonly about: MessageActions

  private constructor(private readonly core: ChatCore) {
    this.about = new MessageActions(core, (roomId) => this.active(roomId))
    core.subscribe((update) => {
      if (update.type !== "entry" && update.type !== "changed") return
      const { roomId, entry } = update
      const newest = update.type === "entry" || this.lasts.get(roomId)?.seq === entry.seq
      if (newest && isShown(entry)) this.lasts.set(roomId, entry)
    })
  }

  /** Reads what is stored; nothing is sent. Throws AppError "chat/account" where the storage is another account's. */
  static async open(options: ChatClientOptions): Promise<ChatClient> {
    const client = new ChatClient(await ChatCore.open(options))
    for (const { roomId } of client.core.engines.values()) {
      const [last] = await client.history(roomId, { limit: 1 })
      if (last !== undefined) client.lasts.set(roomId, last)
    }
    return client
  }

  /** Called for every change, in order, after it was stored. @returns a function that ends it */
  subscribe(listener: (update: ChatUpdate) => void): () => void {
    return this.core.subscribe(listener)
  }

  /** Registers this client for the signed-in account and catches up with all rooms. Throws AppError "chat/certificate"
   *  where the server's certificate is not for this client, "chat/none" where it has no chat. An older connection is
   *  dropped. */
  connect(transport: ChatTransport): Promise<void> {
    return this.core.connect(transport)
  }

  /** Connected and caught up. */
  get online(): boolean {
    return this.core.caughtUp
  }

  /** This account's name and this client's id. */
  get self(): { readonly name: string; readonly accountId: string; readonly clientId: string } {
    const { name, accountId, clientId } = this.core.self
    return { name, accountId, clientId }
  }

  /** All rooms of this device, the one with the newest item first. */
  rooms(): RoomView[] {
    const views = [...this.core.engines.values()].map((engine) => this.viewOf(engine))
    return views.sort((a, b) => (b.last?.timeMs ?? 0) - (a.last?.timeMs ?? 0))
  }

  room(roomId: string): RoomView | undefined {
    const engine = this.core.engines.get(roomId)
    return engine && this.viewOf(engine)
  }

  private viewOf({ roomId, state }: RoomEngine): RoomView {
    return roomView(state, this.members(roomId), this.lasts.get(roomId))
  }

  /** A new room with these persons (canonical account names). Works offline, once this client has been certified. */
  async createRoom(name: string, members: readonly string[] = []): Promise<string> {
    return await this.create("room", roomName(name), members)
  }

  /** The direct conversation with a person: the one there is (of several, the one with the smallest id), or a new
   *  one. */
  async openDirect(name: string): Promise<string> {
    const isTheirs = ({ roomId, kind, status }: RoomView): boolean =>
      kind === "direct" &&
      status === "active" &&
      this.members(roomId).some((member) => !member.self && nameKey(member.name) === nameKey(name))
    const [found] = this.rooms()
      .filter(isTheirs)
      .map(({ roomId }) => roomId)
      .sort()
    if (found !== undefined) return found
    if (!this.core.online) throw new AppError("chat/offline", "a new conversation needs the server")
    const { certificates } = await this.core.ask({ type: "clients", name }, "clients")
    if (certificates.length === 0) throw new AppError("chat/nobody", `${name} has not opened the chat yet`)
    return this.create("direct", "", [name])
  }

  private async create(kind: "room" | "direct", name: string, members: readonly string[]): Promise<string> {
    const { core } = this
    if (!core.certified) throw new AppError("chat/offline", "the first room needs the server")
    const state = await newRoom(core, kind, name, members)
    const { roomId } = state.record
    core.addEngine(state).wake()
    core.emit({ type: "room", roomId })
    return roomId
  }

  /** Adds all devices of a person. Who it was is told as an update `problem` if it cannot be done. */
  async addMember(roomId: string, name: string): Promise<void> {
    await this.active(roomId).ask({ type: "addAccount", name })
  }

  /** Removes all devices of a person: they read nothing that is said later. */
  async removeMember(roomId: string, accountId: string): Promise<void> {
    if (accountId === this.core.self.accountId) throw new AppError("chat/status", "leave the room instead")
    await this.active(roomId).ask({ type: "removeAccount", accountId })
  }

  /** Removes a lost device of the own account from all rooms, for ever. */
  async dropDevice(clientId: string): Promise<void> {
    if (clientId === this.core.self.clientId) throw new AppError("chat/status", "this is the device in use")
    for (const engine of this.core.engines.values()) {
      const there = engine.state.group?.members().some(({ claims }) => claims.clientId === clientId)
      if (there) await engine.ask({ type: "removeClient", clientId })
    }
    await this.core.ask({ type: "dropClient", clientId }, "done")
  }

  /** Says goodbye and gets nothing more; the history stays until `forgetRoom`. A room that this device cannot read at
   *  the moment is left only while online. */
  async leave(roomId: string): Promise<void> {
    const engine = this.engine(roomId)
    if (engine.state.group !== undefined) {
      return engine.ask(newUtterance(this.core, { type: "leave" }), { type: "leave" })
    }
    await this.core.ask({ type: "leave", roomId }, "done").catch((error: unknown) => {
      if (!hasCode(error, "application/refused/room")) throw error // else it is out already
    })
    await engine.change((state) => withoutGroup(state, "left"))
  }

  async rename(roomId: string, name: string): Promise<void> {
    await this.active(roomId).send({ type: "roomInfo", kind: "room", name: roomName(name) })
  }

  /** @returns the message's id, under which it first shows in `outbox` and then in the history */
  async sendText(roomId: string, text: string): Promise<string> {
    return await this.active(roomId).send({ type: "text", text: sayable(text) })
  }

  /** A file whose chunks lie at the server. */
  async sendFile(roomId: string, file: FileDescriptor): Promise<string> {
    return await this.active(roomId).send({ type: "file", file })
  }

  /** What waits to be sent, the oldest first. */
  outbox(roomId: string): WaitingView[] {
    return waitingView(this.engine(roomId).state)
  }

  /** The newest `limit` (100) items before `before` (a seq; absent: the newest of all), the oldest first. */
  async history(roomId: string, page: { before?: number; limit?: number } = {}): Promise<ChatEntry[]> {
    const { firstSeq, cursor } = this.engine(roomId).state.record
    const { before = cursor + 1, limit = 100 } = page
    const { storage } = this.core
    return withChanges(storage, roomId, await readHistory(storage, roomId, firstSeq, before, limit))
  }

  /** Everything up to the item of that seq has been seen; what has come since stays unread. */
  markRead(roomId: string, throughSeq: number): Promise<void> {
    return this.engine(roomId).change(async (state) => {
      const { firstSeq, readSeq, cursor } = state.record
      const seen = Math.min(throughSeq, cursor)
      if (seen <= readSeq) return state
      const since = await readHistory(
        this.core.storage,
        roomId,
        Math.max(firstSeq, seen + 1),
        cursor + 1,
        cursor - seen,
      )
      const unread = since.filter((entry) => countsAsUnread(entry, this.core.self.accountId)).length
      return { ...state, record: { ...state.record, unread, readSeq: seen } }
    })
  }

  /** By the room's MLS group, never by the server's word. */
  members(roomId: string): MemberView[] {
    const { core } = this
    return membersView(this.claims(roomId), core.self, (name) => core.isPresent(name))
  }

  private claims(roomId: string): CertificateClaims[] {
    const members = this.engine(roomId).state.group?.members() ?? []
    return members.map(({ claims }) => this.core.server.newest(claims))
  }

  /** Whom the item has reached, as far as the server has said. */
  delivery(roomId: string, seq: number): DeliveryView {
    const others = this.members(roomId).filter((member) => !member.self)
    const has = (member: MemberView): boolean =>
      member.clients.some(({ clientId }) => this.core.server.hasAcked(roomId, clientId, seq))
    const names = (members: readonly MemberView[]): string[] => members.map(({ name }) => name)
    return { reached: names(others.filter(has)), missing: names(others.filter((one) => !has(one))) }
  }

  /** Tells the others, if online, that this person writes or has stopped; good for 6 seconds. */
  typing(roomId: string, typing: boolean): Promise<void> {
    return this.core.typing.send(this.engine(roomId), typing)
  }

  /** The number to compare with that person, and whether that was done before. */
  safety(roomId: string, accountId: string): Promise<SafetyView> {
    return compareSafety(this.core, this.claims(roomId), accountId)
  }

  /** Remembers that the number as it is now was compared, on this account's other devices too. */
  async confirmSafety(roomId: string, accountId: string): Promise<void> {
    const engine = this.active(roomId)
    const { numberSha256 } = await this.safety(roomId, accountId)
    await this.core.storage.write([put(chatKey.compared(accountId), numberSha256)], [])
    await engine.send({ type: "safety", accountId, numberSha256 })
  }

  /** Messages and file names on this device that hold every word of the query, the newest first. */
  search(query: string, limit = 50): Promise<{ roomId: string; entry: ChatEntry }[]> {
    const records = [...this.core.engines.values()].map(({ state }) => state.record)
    return searchHistory(this.core.storage, records, query, limit)
  }

  /** Deletes a room's history from this device. Throws "chat/status" while this device is in the room: leave it
   *  first. */
  async forgetRoom(roomId: string): Promise<void> {
    const engine = this.engine(roomId)
    const { status } = engine.state.record
    if (status !== "removed" && status !== "left") throw new AppError("chat/status", "leave the room first")
    engine.close()
    await deleteHistory(this.core.storage, roomId)
    const leavers = await this.core.storage.readRange(chatKey.leavers(roomId), undefined, ChatLimit.membersPerRoom)
    await this.core.storage.write([], [chatKey.room(roomId), ...leavers.map(({ key }) => key)])
    this.core.engines.delete(roomId)
    this.lasts.delete(roomId)
    this.core.emit({ type: "room", roomId })
  }

  /** Names of accounts that begin so. */
  async directory(prefix: string): Promise<readonly string[]> {
    return (await this.core.ask({ type: "directory", prefix }, "names")).names
  }

  /** When everything that could be done now has been done. */
  async settled(): Promise<void> {
    for (const engine of this.core.engines.values()) await engine.idle
  }

  /** Ends the connection's use and all timers; the storage may be opened again afterwards. */
  async close(): Promise<void> {
    this.core.close()
    await this.settled()
  }

  private engine(roomId: string): RoomEngine {
    const engine = this.core.engines.get(roomId)
    if (engine === undefined) throw new AppError("chat/room", "there is no such room on this device")
    return engine
  }

  private active(roomId: string): RoomEngine {
    const engine = this.engine(roomId)
    const { status } = engine.state.record
    if (status !== "active" && status !== "lost") {
      throw new AppError("chat/status", `nothing can be sent: this room is ${status}`)
    }
    return engine
  }
}
