import { toHex } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { nameKey } from "../account-name.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { ChatConnection } from "./chat-connection.js"
import { placeHistory } from "./chat-history.js"
import { isCertified, openIdentity, withCertificate } from "./chat-identity.js"
import type { ChatClock, ChatTransport } from "./chat-ports.js"
import type { ChatStorage } from "./chat-storage.js"
import type { ChatUpdate } from "./chat-update.js"
import { KeyPackagePool } from "./key-package-pool.js"
import { type MlsContext, openMlsContext } from "./mls/mls-context.js"
import { RoomEngine } from "./room/room-engine.js"
import type { RoomHost } from "./room/room-host.js"
import { chatKey, type IdentityRecord } from "./room/room-record.js"
import { joiningState, loadRoom, type RoomState, readAll } from "./room/room-state.js"
import { ServerView } from "./server-view.js"
import { TypingSignals } from "./typing-signals.js"
import type { ChatAnswer, ChatEvent, ChatRequest, WireRoom } from "./wire.js"

export interface ChatClientOptions {
  readonly crypto: CryptoProvider
  readonly storage: ChatStorage
  readonly clock: ChatClock
  /** The pinned Ed25519 key of the server, 32 bytes. */
  readonly serverIdentity: Uint8Array
  /** The signed-in account's canonical name. One storage belongs to one account. */
  readonly name: string
  /** One-time key packages that the server should hold for this client; 32 unless told. */
  readonly keyPackages?: number
}

const KEY_PACKAGES = 32
const FIRST_ROOM = "0".repeat(32)
const SYNC_CONCURRENCY = 8

/** The part of a chat client that has no face: its identity, its rooms, its connection. */
export class ChatCore implements RoomHost {
  readonly engines = new Map<string, RoomEngine>()
  readonly server: ServerView
  private readonly keyPackagePool: KeyPackagePool
  private readonly listeners = new Set<(update: ChatUpdate) => void>()
  readonly typing = new TypingSignals(this)
  private connection: ChatConnection | undefined
  private registered = false
  /** Connected, registered and caught up. */
  caughtUp = false

  private constructor(
    private readonly options: ChatClientOptions,
    readonly mls: MlsContext,
    private identity: IdentityRecord,
  ) {
    this.server = new ServerView(options.crypto, options.serverIdentity)
    const wanted = options.keyPackages ?? KEY_PACKAGES
    this.keyPackagePool = new KeyPackagePool(mls, options.storage, options.clock, wanted)
  }

  static async open(options: ChatClientOptions): Promise<ChatCore> {
    const { crypto, storage } = options
    const mls = await openMlsContext(crypto, options.serverIdentity)
    const newId = (): string => toHex(crypto.randomBytes(16))
    const core = new ChatCore(options, mls, await openIdentity(storage, mls, options.name, newId))
    for (const { value } of await readAll(storage, chatKey.rooms)) {
      const state = await loadRoom(storage, mls, value)
      if (state !== undefined) core.addEngine(state)
    }
    await placeHistory(storage, [...core.engines.keys()])
    return core
  }

  get crypto(): CryptoProvider {
    return this.options.crypto
  }
  get storage(): ChatStorage {
    return this.options.storage
  }
  get clock(): ChatClock {
    return this.options.clock
  }
  get self(): IdentityRecord {
    return this.identity
  }
  get certified(): boolean {
    return isCertified(this.identity)
  }
  /** Connected and registered: requests may be made. */
  get online(): boolean {
    return this.registered && this.connection !== undefined
  }

  newId = (): string => toHex(this.crypto.randomBytes(16))
  ownPackage = (reference: string) => this.keyPackagePool.find(reference)
  isOneTime = (reference: string) => this.keyPackagePool.isOneTime(reference)
  isPresent = (name: string): boolean => this.server.isPresent(name)
  acknowledge = (roomId: string, seq: number): void => this.connection?.acknowledge(roomId, seq)

  ask<T extends ChatAnswer["type"]>(
    request: ChatRequest,
    ...types: readonly T[]
  ): Promise<Extract<ChatAnswer, { type: T }>> {
    if (this.connection === undefined) {
      return Promise.reject(new AppError("application/closed", "there is no connection to the server"))
    }
    return this.connection.ask(request, ...types)
  }

  emit(update: ChatUpdate): void {
    if (update.type === "entry") {
      const { body } = update.entry
      const came = body.type === "joined" || (body.type === "members" && body.added.length > 0)
      if (came) this.refresh(update.roomId).catch(() => undefined) // the next connection asks anyway
    }
    for (const listener of [...this.listeners]) listener(update)
  }

  subscribe(listener: (update: ChatUpdate) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  addEngine(state: RoomState): RoomEngine {
    const engine = new RoomEngine(this, state)
    this.engines.set(state.record.roomId, engine)
    return engine
  }

  /** Registers over a new connection and catches up with everything. */
  async connect(transport: ChatTransport): Promise<void> {
    this.disconnect()
    const connection = new ChatConnection(transport, (event) => this.onEvent(event))
    this.connection = connection
    const ended = (): void => {
      if (this.connection === connection) this.disconnect()
    }
    void transport.closed.then(ended, ended)
    try {
      await this.register()
      this.registered = this.connection === connection
      await this.syncRooms()
    } catch (error) {
      ended()
      throw error
    }
    if (this.connection !== connection) return
    this.caughtUp = true
    this.emit({ type: "connection", online: true })
    for (const engine of this.engines.values()) engine.wake()
  }

  disconnect(): void {
    if (this.connection === undefined) return
    this.connection.open = false
    this.connection = undefined
    this.registered = false
    this.caughtUp = false
    this.server.disconnect()
    this.emit({ type: "connection", online: false })
  }

  private async register(): Promise<void> {
    const { clientId, publicKey } = this.identity
    const request = { type: "register", clientId, signatureKey: publicKey } as const
    const answer = await this.ask(request, "registered").catch((error: unknown) => {
      if (!hasCode(error, "application/refused/channel")) throw error
      throw new AppError("chat/none", "this server has no chat", { cause: error })
    })
    const { crypto, storage, serverIdentity } = this.options
    const { certificate } = answer
    this.identity = await withCertificate(crypto, storage, serverIdentity, this.identity, certificate)
    await this.restock(answer.packagesLeft, true)
  }

  private async restock(left: number, lastResort: boolean): Promise<void> {
    const { certificate } = this.identity
    const stock = await this.keyPackagePool.restock(left, lastResort, certificate, this.identity)
    if (stock !== undefined) await this.ask({ type: "putKeyPackages", ...stock }, "packagesKept")
  }

  private async syncRooms(): Promise<void> {
    const work: (() => void)[] = []
    for (let after = FIRST_ROOM, more = true; more; ) {
      const page = await this.ask({ type: "rooms", after }, "rooms")
      for (const room of page.rooms) {
        const { roomId } = room
        const news = await this.server.takeRoom(room)
        work.push(() => this.attend(roomId, news))
        const waits = news.some((one) => one.clientId === this.self.clientId && one.state === "waiting")
        if (!waits) this.engineOf(room)
      }
      more = page.more && page.rooms.length > 0
      after = page.rooms.at(-1)?.roomId ?? after
    }
    const engines = [...this.engines.values()]
    // A few at a time: the server answers so many requests of one connection at once, and messages wait behind them.
    const lanes = Array.from({ length: SYNC_CONCURRENCY }, async () => {
      for (let engine = engines.pop(); engine !== undefined; engine = engines.pop()) await engine.sync()
    })
    await Promise.all(lanes)
    for (const run of work) run()
  }

  /** Who came brings what only the server tells: their presence, their newest certificate, other devices of theirs. */
  private async refresh(roomId: string): Promise<void> {
    if (!this.caughtUp) return // the list that a connection begins with is as new
    const before = (BigInt(`0x${roomId}`) - 1n).toString(16).padStart(32, "0")
    const { rooms } = await this.ask({ type: "rooms", after: before }, "rooms")
    const room = rooms.find((one) => one.roomId === roomId)
    if (room === undefined) return
    this.attend(roomId, await this.server.takeRoom(room))
    this.emit({ type: "room", roomId })
  }

  private engineOf({ roomId, kind }: Pick<WireRoom, "roomId" | "kind">): RoomEngine {
    return this.engines.get(roomId) ?? this.addEngine(joiningState(roomId, kind))
  }

  private attend(roomId: string, news: Awaited<ReturnType<ServerView["takeRoom"]>>): void {
    for (const { name, clientId, state } of news) {
      if (state === "waiting") this.admit(roomId, name, clientId)
      else this.engines.get(roomId)?.evictClient(clientId)
    }
  }

  /** Somebody waits to be added: a new client, or one that has lost its state and still has a leaf. */
  private admit(roomId: string, name: string, clientId: string): void {
    const engine = this.engines.get(roomId)
    if (clientId === this.self.clientId || engine?.state.group === undefined) return
    const there = engine.state.group.members().some(({ claims }) => claims.clientId === clientId)
    if (there) engine.waiting.add(clientId)
    engine.welcomeClient(name, clientId)
  }

  private onEvent(event: ChatEvent): void {
    switch (event.type) {
      case "item": {
        const known = this.engines.get(event.roomId)
        if (known !== undefined) known.deliver(event.item)
        else if (event.item.kind === "welcome") {
          this.engineOf({ roomId: event.roomId, kind: "room" }).deliver(event.item)
        }
        return
      }
      case "delivered":
        this.server.takeAck(event.roomId, event.clientId, event.seq)
        this.emit({ type: "room", roomId: event.roomId })
        return
      case "presence":
        this.server.takePresence(event.name, event.online)
        this.emit(event)
        return
      case "signal":
        void this.typing.take(this.engines.get(event.roomId), event)
        return
      case "newClient":
        for (const { roomId, state } of this.engines.values()) {
          const claims = state.group?.members().map((member) => member.claims) ?? []
          const theirs = claims.some(({ name }) => nameKey(name) === nameKey(event.name))
          if (theirs && !claims.some(({ clientId }) => clientId === event.clientId)) {
            this.admit(roomId, event.name, event.clientId)
          }
        }
        return
      case "keyPackagesLow":
        if (!this.online) return // whoever registers stocks up by that, once there is a certificate for the packages
        this.restock(event.packagesLeft, false).catch(() => this.disconnect())
        return
      case "gone":
        this.engines.get(event.roomId)?.evictClient(event.clientId)
        this.emit({ type: "room", roomId: event.roomId })
        return
      case "waiting": {
        const members = this.engines.get(event.roomId)?.state.group?.members() ?? []
        const member = members.find(({ claims }) => claims.clientId === event.clientId)
        const name = member?.claims.name ?? this.server.nameOf(event.clientId)
        if (name !== undefined) this.admit(event.roomId, name, event.clientId)
        return
      }
      default:
        event satisfies never
    }
  }

  close(): void {
    this.disconnect()
    this.listeners.clear()
    this.typing.close()
    for (const engine of this.engines.values()) engine.close()
  }
}
