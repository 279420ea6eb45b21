import { equalConstantTime } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { type ChatFactor, issueCertificate, readCertificate } from "@sourceprint/protocol/chat/certificate.js"
import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import type { ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import {
  type ChatAnswer,
  type ChatEvent,
  type ChatItem,
  type ChatRequest,
  chatAnswer,
  chatEvent,
  chatRequest,
  type WireMember,
} from "@sourceprint/protocol/chat/wire.js"
import type { Signer } from "@sourceprint/protocol/crypto-provider.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

export interface RelayAccount {
  readonly accountId: string
  readonly name: string
  readonly factors: readonly ChatFactor[]
}

interface Client {
  readonly clientId: string
  readonly signatureKey: Uint8Array
  readonly account: RelayAccount
  certificate: Uint8Array
  packages: Uint8Array[]
  lastResort: Uint8Array | undefined
  dropped: boolean
}

interface StoredItem extends ChatItem {
  /** Instead of `bytes`, for those whom this commit adds. */
  readonly welcome: Uint8Array
  readonly added: ReadonlySet<string>
}

/** From the item that added a client up to the one that removed it (Infinity: still in). */
interface Stay {
  readonly first: number
  last: number
  gone: boolean
  waiting: boolean
  acked: number
}

interface Room {
  readonly roomId: string
  readonly kind: "room" | "direct"
  readonly creator: string
  epoch: number
  head: number
  items: StoredItem[]
  readonly seqOf: Map<string, number>
  readonly stays: Map<string, Stay>
}

interface Connection {
  readonly account: RelayAccount
  client: Client | undefined
  send(event: ChatEvent): void
}

const LOW_PACKAGES = 3

const refuse = (code: string): never => {
  throw new AppError(`application/refused/${code}`, `the relay refuses: ${code}`)
}

/** The rules of docs/protocol.md, Chat, in memory: what the server keeps, orders and tells. Tests reach into `rooms`,
 *  `tamper` and `traffic` to make it lie or to see what it saw. */
export class MemoryRelay {
  readonly rooms = new Map<string, Room>()
  readonly clients = new Map<string, Client>()
  readonly traffic: Uint8Array[] = []
  private readonly connections = new Set<Connection>()
  nowMs = 1_790_000_000_000
  /** What a client is told instead of an answer or event. */
  tamper: {
    answer?: (clientId: string | undefined, answer: ChatAnswer, request: ChatRequest) => ChatAnswer
    event?: (clientId: string, event: ChatEvent) => ChatEvent | undefined
  } = {}

  private constructor(
    readonly identity: Signer,
    private readonly keepsAcked: boolean,
  ) {}

  static async start({ keepsAcked = false } = {}): Promise<MemoryRelay> {
    return new MemoryRelay(await webCrypto.signer(new Uint8Array(32).fill(9)), keepsAcked)
  }

  get serverIdentity(): Uint8Array {
    return this.identity.publicKey
  }

  connect(account: RelayAccount): ChatTransport & { cut(): void } {
    let open = true
    let listener: (body: Uint8Array) => void = () => undefined
    let end: () => void = () => undefined
    const closed = new Promise<void>((resolve) => {
      end = resolve
    })
    const connection: Connection = {
      account,
      client: undefined,
      send: (event) => {
        const { clientId = "" } = connection.client ?? {}
        const told = this.tamper.event === undefined ? event : this.tamper.event(clientId, event)
        if (told === undefined) return
        const body = chatEvent.encode(told)
        this.traffic.push(body)
        queueMicrotask(() => {
          if (open) listener(body)
        })
      },
    }
    this.connections.add(connection)
    const cut = (): void => {
      if (!open) return
      open = false
      this.connections.delete(connection)
      this.tellPresence(account)
      end()
    }
    const gone = () => new AppError("application/closed", "the connection was cut")
    return {
      closed,
      cut,
      onEvent: (to) => {
        listener = to
      },
      request: async (body) => {
        if (!open) throw gone()
        this.traffic.push(Uint8Array.from(body))
        await Promise.resolve()
        if (!open) throw gone()
        const request = chatRequest.decode(body)
        if (request === undefined) return refuse("malformed")
        const answer = await this.answer(connection, request)
        const told = this.tamper.answer?.(connection.client?.clientId, answer, request) ?? answer
        const bytes = chatAnswer.encode(told)
        this.traffic.push(bytes)
        if (!open) throw gone()
        return bytes
      },
    }
  }

  /** For a relay that says what it likes. */
  connectionsForTest(): { clientId: string | undefined; send(event: ChatEvent): void }[] {
    return [...this.connections].map(({ client, send }) => ({ clientId: client?.clientId, send }))
  }

  /** Everything that the server holds at this moment. */
  stored(): Uint8Array[] {
    const items = [...this.rooms.values()].flatMap(({ items }) => items)
    return items.flatMap(({ bytes, welcome }) => [bytes, welcome])
  }

  private answer(connection: Connection, request: ChatRequest): ChatAnswer | Promise<ChatAnswer> {
    if (request.type === "register") return this.register(connection, request)
    const { client } = connection
    if (client === undefined || client.dropped) return refuse("register")
    switch (request.type) {
      case "putKeyPackages":
        client.packages = [...client.packages, ...request.packages].slice(0, ChatLimit.keyPackages)
        if (request.lastResort.length > 0) client.lastResort = request.lastResort
        return { type: "packagesKept", packagesLeft: client.packages.length }
      case "claimKeyPackages":
        return this.claim(request.name, request.clients)
      case "directory": {
        const names = [...this.clients.values()].map(({ account }) => account.name)
        const key = nameKey(request.prefix)
        return { type: "names", names: [...new Set(names)].filter((name) => nameKey(name).startsWith(key)) }
      }
      case "clients":
        return { type: "clients", certificates: this.clientsOf(request.name).map((one) => one.certificate) }
      case "createRoom":
        return this.create(client, request.roomId, request.kind)
      case "commit":
        return this.commit(client, request)
      case "post":
        return this.post(client, request)
      case "fetch":
        return this.fetch(client, request)
      case "ack":
        for (const { roomId, seq } of request.acks) this.ack(client, roomId, seq)
        return { type: "done" }
      case "rooms":
        return this.roomsOf(client, request.after)
      case "signal": {
        const room = this.roomOf(client, request.roomId)
        this.toRoom(room, (one) =>
          one.clientId === client.clientId
            ? undefined
            : { type: "signal", roomId: room.roomId, clientId: client.clientId, bytes: request.bytes },
        )
        return { type: "done" }
      }
      case "leave": {
        const room = this.roomOf(client, request.roomId)
        this.depart(room, client.clientId)
        return { type: "done" }
      }
      case "rejoin": {
        const room = this.roomOf(client, request.roomId)
        const stay = room.stays.get(client.clientId)
        if (stay !== undefined) stay.waiting = true
        this.toRoom(room, () => ({ type: "waiting", roomId: room.roomId, clientId: client.clientId }))
        return { type: "done" }
      }
      case "dropClient": {
        const lost = this.clients.get(request.clientId)
        if (lost?.account.accountId !== client.account.accountId) return refuse("client")
        lost.dropped = true
        for (const room of this.rooms.values()) this.depart(room, lost.clientId)
        return { type: "done" }
      }
    }
  }

  private async register(
    connection: Connection,
    { clientId, signatureKey }: Extract<ChatRequest, { type: "register" }>,
  ): Promise<ChatAnswer> {
    const { account } = connection
    const { accountId, name, factors } = account
    const claims = { accountId, name, clientId, signatureKey, factors, timeMs: this.nowMs++ }
    const certificate = await issueCertificate(this.identity, claims)
    const known = this.clients.get(clientId)
    const other = known?.account.accountId !== accountId
    if (known && (known.dropped || other || !equalConstantTime(known.signatureKey, signatureKey))) {
      return refuse("client")
    }
    const client: Client = known ?? {
      clientId,
      signatureKey,
      account,
      certificate,
      packages: [],
      lastResort: undefined,
      dropped: false,
    }
    client.certificate = certificate
    this.clients.set(clientId, client)
    connection.client = client
    this.tellPresence(account)
    if (known === undefined) {
      for (const room of this.rooms.values()) {
        if (!this.holds(room, accountId)) continue
        this.toRoom(room, () => ({ type: "newClient", name, clientId }))
      }
    }
    return { type: "registered", certificate, packagesLeft: client.packages.length }
  }

  private clientsOf(name: string): Client[] {
    const all = [...this.clients.values()].filter(({ account }) => nameKey(account.name) === nameKey(name))
    return all.filter(({ dropped }) => !dropped)
  }

  private claim(name: string, wanted: readonly string[]): ChatAnswer {
    const clients = this.clientsOf(name).filter(({ clientId }) => wanted.length === 0 || wanted.includes(clientId))
    const packages = clients.flatMap((client) => {
      const keyPackage = client.packages.shift() ?? client.lastResort
      const { clientId, certificate } = client
      if (client.packages.length < LOW_PACKAGES) this.tellLow(client)
      return keyPackage === undefined ? [] : [{ clientId, certificate, keyPackage }]
    })
    return { type: "keyPackages", packages }
  }

  private tellLow({ clientId, packages }: Client): void {
    for (const { client, send } of this.connections) {
      if (client?.clientId === clientId) send({ type: "keyPackagesLow", packagesLeft: packages.length })
    }
  }

  private create(client: Client, roomId: string, kind: "room" | "direct"): ChatAnswer {
    const { clientId } = client
    const known = this.rooms.get(roomId)
    if (known !== undefined) return known.creator === clientId ? { type: "done" } : refuse("room")
    const stay: Stay = { first: 1, last: Number.POSITIVE_INFINITY, gone: false, waiting: false, acked: 0 }
    const stays = new Map([[clientId, stay]])
    const room = { roomId, kind, creator: clientId, epoch: 0, head: 0, items: [], seqOf: new Map(), stays }
    this.rooms.set(roomId, room)
    return { type: "done" }
  }

  /** The room of a client that is in it. */
  private roomOf(client: Client, roomId: string): Room {
    const room = this.rooms.get(roomId)
    const stay = room?.stays.get(client.clientId)
    if (room === undefined || stay === undefined) return refuse("room")
    return stay.gone || stay.last < Number.POSITIVE_INFINITY ? refuse("room") : room
  }

  private commit(client: Client, request: Extract<ChatRequest, { type: "commit" }>): ChatAnswer {
    const room = this.roomOf(client, request.roomId)
    const key = `${client.clientId}/${request.id}`
    const before = room.seqOf.get(key)
    if (before !== undefined) return { type: "accepted", seq: before }
    if (request.epoch !== room.epoch) return { type: "stale", epoch: room.epoch }
    const seq = this.append(room, client, "commit", request, request.commit, request.welcome, request.added)
    room.epoch++
    for (const clientId of request.removed) {
      const stay = room.stays.get(clientId)
      if (stay !== undefined) stay.last = seq
    }
    const recipients = new Set(room.stays.keys())
    for (const clientId of request.added) {
      room.stays.set(clientId, {
        first: seq,
        last: Number.POSITIVE_INFINITY,
        gone: false,
        waiting: false,
        acked: 0,
      })
      recipients.add(clientId)
    }
    this.tellItem(room, seq, recipients)
    for (const clientId of request.added) {
      const account = this.clients.get(clientId)?.account
      if (account !== undefined) this.tellPresence(account)
    }
    return { type: "accepted", seq }
  }

  private post(client: Client, request: Extract<ChatRequest, { type: "post" }>): ChatAnswer {
    const room = this.roomOf(client, request.roomId)
    const before = room.seqOf.get(`${client.clientId}/${request.id}`)
    if (before !== undefined) return { type: "accepted", seq: before }
    if (request.epoch !== room.epoch) return { type: "stale", epoch: room.epoch }
    const seq = this.append(room, client, "message", request, request.bytes, new Uint8Array(0), [])
    this.tellItem(room, seq, new Set(room.stays.keys()))
    return { type: "accepted", seq }
  }

  private append(
    room: Room,
    client: Client,
    kind: "commit" | "message",
    { id, epoch }: { id: string; epoch: number },
    bytes: Uint8Array,
    welcome: Uint8Array,
    added: readonly string[],
  ): number {
    const seq = ++room.head
    const { clientId: sender } = client
    room.seqOf.set(`${sender}/${id}`, seq)
    const timeMs = this.nowMs++
    room.items.push({ seq, kind, sender, epoch, id, timeMs, bytes, welcome, added: new Set(added) })
    return seq
  }

  private itemFor(room: Room, clientId: string, item: StoredItem): ChatItem | undefined {
    const stay = room.stays.get(clientId)
    if (stay === undefined || item.seq < stay.first || item.seq > stay.last) return undefined
    const { welcome, added, ...rest } = item
    return added.has(clientId) ? { ...rest, kind: "welcome", bytes: welcome } : rest
  }

  private tellItem(room: Room, seq: number, recipients: ReadonlySet<string>): void {
    const item = room.items.find((one) => one.seq === seq)
    for (const { client, send } of this.connections) {
      if (client === undefined || item === undefined || !recipients.has(client.clientId)) continue
      if (room.stays.get(client.clientId)?.gone) continue
      const seen = this.itemFor(room, client.clientId, item)
      if (seen !== undefined) send({ type: "item", roomId: room.roomId, item: seen })
    }
  }

  private fetch(client: Client, request: Extract<ChatRequest, { type: "fetch" }>): ChatAnswer {
    const room = this.rooms.get(request.roomId)
    const stay = room?.stays.get(client.clientId)
    if (room === undefined || stay === undefined || stay.gone) return refuse("room")
    const items = room.items
      .filter(({ seq }) => seq > request.after)
      .flatMap((item) => this.itemFor(room, client.clientId, item) ?? [])
      .slice(0, Math.min(request.limit, ChatLimit.items))
    return { type: "items", head: Math.min(room.head, stay.last), items }
  }

  private ack(client: Client, roomId: string, seq: number): void {
    const room = this.rooms.get(roomId)
    const stay = room?.stays.get(client.clientId)
    if (room === undefined || stay === undefined) return
    stay.acked = Math.max(stay.acked, Math.min(seq, room.head))
    this.toRoom(room, ({ clientId }) =>
      clientId === client.clientId ? undefined : { type: "delivered", roomId, clientId: client.clientId, seq },
    )
    if (this.keepsAcked) return
    const stays = [...room.stays.values()].filter(({ gone }) => !gone)
    room.items = room.items.filter((item) =>
      stays.some(({ first, last, acked }) => item.seq >= first && item.seq <= last && acked < item.seq),
    )
  }

  /** Two a page, so that there are pages. */
  private roomsOf(client: Client, after: string): ChatAnswer {
    const rooms = [...this.rooms.values()].filter(({ roomId, stays }) => {
      const stay = stays.get(client.clientId)
      return roomId > after && stay !== undefined && !stay.gone && stay.last === Number.POSITIVE_INFINITY
    })
    const page = rooms.sort((a, b) => (a.roomId < b.roomId ? -1 : 1)).slice(0, 2)
    const told = page.map((room) => {
      const { roomId, kind, epoch, head } = room
      return { roomId, kind, epoch, head, members: this.membersOf(room) }
    })
    return { type: "rooms", more: rooms.length > 2, rooms: told }
  }

  private membersOf(room: Room): WireMember[] {
    return [...this.clients.values()].flatMap((client): WireMember[] => {
      const { clientId, certificate, account } = client
      const stay = room.stays.get(clientId)
      const isIn = stay !== undefined && stay.last === Number.POSITIVE_INFINITY
      if (!isIn && (client.dropped || !this.holds(room, account.accountId))) return []
      const state = isIn ? (stay.gone ? "gone" : stay.waiting ? "waiting" : "in") : "waiting"
      return [{ state, online: this.isOnline(clientId), acked: stay?.acked ?? 0, certificate }]
    })
  }

  /** True where a client of the account is in the room. */
  private holds(room: Room, accountId: string): boolean {
    return [...room.stays].some(
      ([clientId, { last, gone }]) =>
        last === Number.POSITIVE_INFINITY && !gone && this.clients.get(clientId)?.account.accountId === accountId,
    )
  }

  private depart(room: Room, clientId: string): void {
    const stay = room.stays.get(clientId)
    if (stay === undefined || stay.last < Number.POSITIVE_INFINITY) return
    stay.gone = true
    this.toRoom(room, () => ({ type: "gone", roomId: room.roomId, clientId }))
  }

  private isOnline(clientId: string): boolean {
    return [...this.connections].some(({ client }) => client?.clientId === clientId)
  }

  private tellPresence({ accountId, name }: RelayAccount): void {
    const online = [...this.connections].some(
      ({ account, client }) => client !== undefined && account.accountId === accountId,
    )
    const shared = [...this.rooms.values()].filter((room) => this.holds(room, accountId))
    for (const { client, account, send } of this.connections) {
      if (client === undefined || account.accountId === accountId) continue
      if (shared.some((room) => this.holds(room, account.accountId))) send({ type: "presence", name, online })
    }
  }

  private toRoom(room: Room, make: (client: Client) => ChatEvent | undefined): void {
    for (const { client, send } of this.connections) {
      const stay = client && room.stays.get(client.clientId)
      if (client === undefined || stay === undefined || stay.gone || stay.last < Number.POSITIVE_INFINITY) {
        continue
      }
      const event = make(client)
      if (event !== undefined) send(event)
    }
  }

  /** The claims in a client's newest certificate. */
  claimsOf(clientId: string) {
    const client = this.clients.get(clientId)
    return client && readCertificate(client.certificate)
  }
}
