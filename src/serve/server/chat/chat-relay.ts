import { delay } from "@sourceprint/core/async/delay.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { ChatAnswer, ChatRequest } from "@sourceprint/protocol/chat/wire.js"
import type { RoomOperation, RoomOutcome } from "../../store/chat/chat-store.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import { ChatDirectory } from "./chat-directory.js"
import { type LocalClient, LocalClients } from "./local-clients.js"
import { OtherServers } from "./other-servers.js"
import { Presence } from "./presence.js"
import { defaultRelayTiming, type RelayDeps, type RelayTiming } from "./relay-deps.js"
import { RoomFeeds } from "./room-feeds.js"
import { RoomReader } from "./room-reader.js"
import { decodeNotice, type ServerNotice } from "./server-notice.js"
import { TokenBuckets } from "./token-bucket.js"
import { WriteBatcher } from "./write-batcher.js"

const PRUNE_MS = 600_000
/** Typing and the like: what comes faster is dropped. */
const SIGNALS_PER_SECOND = 5

const refused = (why: "room" | "client" | "full"): Error => {
  const words = {
    room: "there is no such room, or you are not in it",
    client: "one of the devices cannot be added or removed now",
    full: "as much as may wait in the room, or of yours, waits already; members have to fetch it first",
  }
  return refusal(why, words[why])
}

/** The chat's server side (docs/protocol.md, Chat): orders, keeps and hands out sealed items. It has no keys. */
export class ChatRelay {
  private readonly timing: RelayTiming
  private readonly local = new LocalClients()
  private readonly registered = new Map<ChannelContext, LocalClient>()
  private readonly feeds: RoomFeeds
  private readonly writeBatcher: WriteBatcher
  private readonly presence: Presence
  private readonly directory: ChatDirectory
  private readonly reader: RoomReader
  private readonly posts: TokenBuckets
  private readonly signals = new TokenBuckets(SIGNALS_PER_SECOND, 2 * SIGNALS_PER_SECOND)
  private readonly work = new Set<Promise<unknown>>()
  private readonly undo: (() => void | Promise<void>)[] = []
  private readonly others: OtherServers

  constructor(private readonly deps: RelayDeps) {
    const { store, clock, metrics, log, rules } = deps
    const { local } = this
    this.timing = deps.timing ?? defaultRelayTiming
    this.others = new OtherServers(store, (error) => log.error("chat.tell", { why: messageOf(error) }))
    const tell = (notice: ServerNotice): void => this.others.tell(notice)
    this.posts = new TokenBuckets(rules.postsPerSecond, rules.postBurst)
    this.feeds = new RoomFeeds(
      {
        store,
        local,
        delivered: (item, receivers) => {
          metrics.count("chat_items_delivered", receivers)
          metrics.stage("chat.delivery", Math.max(0, clock.nowMs() - item.timeMs))
        },
      },
      local,
    )
    this.writeBatcher = new WriteBatcher((operations) =>
      metrics.timed("chat.write", () => {
        metrics.count("chat_batches", 1)
        return store.apply(operations, clock.nowMs())
      }),
    )
    this.presence = new Presence(store, clock, this.feeds, local, tell)
    this.directory = new ChatDirectory(deps, local, tell)
    this.reader = new RoomReader(store, clock)
    metrics.gauge("chat_rooms_open", () => this.feeds.size)
    metrics.gauge("chat_clients", () => local.size)
    metrics.gauge("chat_waiting_writes", () => this.writeBatcher.length)
  }

  async start(): Promise<void> {
    const { store, clock, rules } = this.deps
    await this.presence.begin()
    const every = (ms: number, name: string, run: () => Promise<unknown>): void => {
      let running = false // a slow database is not asked again before it has answered
      const turn = async (): Promise<void> => {
        if (running) return
        running = true
        await run().finally(() => {
          running = false
        })
      }
      const timer = setInterval(() => this.background(name, turn()), ms)
      this.undo.push(() => clearInterval(timer))
    }
    every(this.timing.healMs, "heal", async () => {
      await this.feeds.catchUp()
      this.feeds.forget()
      const nowMs = clock.monotonicMs()
      this.posts.forget(nowMs)
      this.signals.forget(nowMs)
    })
    every(this.presence.everyMs, "presence", () => this.presence.prolong())
    every(PRUNE_MS, "prune", () => store.prune(clock.nowMs(), rules.keepMs))
    this.undo.push(
      store.listen(
        (notice) => {
          const added = notice.added.filter((clientId) => this.local.get(clientId) !== undefined)
          if (added.length > 0) this.background("notice", this.feeds.catchUp(added))
          for (const roomId of notice.rooms) {
            const feed = this.feeds.get(roomId)
            if (feed !== undefined) this.background("notice", feed.touch())
          }
          for (const text of notice.texts) this.hear(decodeNotice(text))
        },
        () => this.background("gap", this.feeds.catchUp()),
      ),
    )
  }

  /** After the last connection has ended. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.work)
    await this.writeBatcher.idle()
    await this.others.flush()
    for (const step of this.undo.reverse()) await step()
    await Promise.allSettled(this.work)
  }

  async answer(context: ChannelContext, request: ChatRequest): Promise<ChatAnswer> {
    if (request.type === "register") return this.register(context, request)
    const client = this.registered.get(context)
    if (client === undefined) throw refusal("register", "a connection has to register its device first")
    switch (request.type) {
      case "post":
      case "commit":
      case "ack":
      case "leave":
      case "rejoin":
        return this.write(client, request)
      case "createRoom":
        await this.slowDown(client)
        return this.createRoom(client, request)
      case "signal":
        return this.signal(client, request)
      case "fetch":
        return this.reader.fetch(client, request)
      case "rooms":
        return this.reader.rooms(client, request)
      case "dropClient": {
        const answer = await this.directory.drop(client, request.clientId)
        await this.feeds.catchUp([client.clientId])
        this.local.get(request.clientId)?.context.close()
        return answer
      }
      default:
        return this.directory.answer(client, request)
    }
  }

  private async register(
    context: ChannelContext,
    request: Extract<ChatRequest, { type: "register" }>,
  ): Promise<ChatAnswer> {
    const before = this.registered.get(context)
    if (before !== undefined && before.clientId !== request.clientId) {
      throw refusal("client", "this connection has registered another device")
    }
    const answer = await this.directory.register(context, request)
    const { account } = context
    const client = { clientId: request.clientId, accountId: account.id, name: account.name, context }
    this.registered.set(context, client)
    this.local.put(client)
    if (before === undefined) {
      void context.closed.then(() => this.background("leave", this.disconnected(client)))
    }
    await this.feeds.follow(client.clientId)
    await this.feeds.catchUp([client.clientId]) // a new client waits in rooms that are open here
    await this.presence.arrived(client)
    return answer
  }

  private async disconnected(client: LocalClient): Promise<void> {
    this.registered.delete(client.context)
    if (this.local.remove(client)) await this.presence.left(client)
  }

  private async slowDown({ accountId }: LocalClient): Promise<void> {
    const waitMs = this.posts.take(accountId, this.deps.clock.monotonicMs(), this.timing.patienceMs)
    if (waitMs === undefined) throw refusal("rate", "too many posts; try again in a few seconds")
    if (waitMs === 0) return
    this.deps.metrics.outcome("chat", "slowed")
    await delay(waitMs)
  }

  private async write(
    client: LocalClient,
    request: Extract<ChatRequest, { type: "post" | "commit" | "ack" | "leave" | "rejoin" }>,
  ): Promise<ChatAnswer> {
    const { clientId } = client
    if (request.type === "ack") {
      await Promise.all(
        request.acks.map(async ({ roomId, seq }) => {
          const outcome = await this.writeBatcher.write({ op: "ack", roomId, clientId, seq })
          // of a room that is no more: nothing to do
          if (outcome.is !== "acked" || outcome.seq <= outcome.before) return
          const delivered = {
            about: "delivered",
            roomId,
            clientId,
            before: outcome.before,
            seq: outcome.seq,
          } as const
          this.hear(delivered)
          this.others.tell(delivered)
        }),
      )
      return { type: "done" }
    }
    await this.slowDown(client)
    const { type: op, ...fields } = request
    return this.answerOf(request.roomId, await this.writeBatcher.write({ op, clientId, ...fields } as RoomOperation))
  }

  private answerOf(roomId: string, outcome: RoomOutcome): ChatAnswer {
    const { metrics } = this.deps
    metrics.outcome("chat", outcome.is)
    const feed = this.feeds.get(roomId)
    switch (outcome.is) {
      case "accepted":
        if (outcome.item !== undefined && feed !== undefined) this.background("feed", feed.offer(outcome.item))
        return { type: "accepted", seq: outcome.seq }
      case "stale":
        return { type: "stale", epoch: outcome.epoch }
      case "refused":
        throw refused(outcome.why)
      case "acked":
      case "done":
        if (feed !== undefined) this.background("feed", feed.touch())
        return { type: "done" }
    }
  }

  private async createRoom(
    { clientId }: LocalClient,
    { roomId, kind }: Extract<ChatRequest, { type: "createRoom" }>,
  ): Promise<ChatAnswer> {
    const made = await this.deps.store.createRoom({ roomId, kind, clientId }, this.deps.clock.nowMs())
    if (made === "room") throw refused("room")
    if (made === "full") throw refusal("full", "this account has as many rooms as it may have")
    await this.feeds.open(roomId, "now")
    return { type: "done" }
  }

  private signal({ clientId }: LocalClient, { roomId, bytes }: Extract<ChatRequest, { type: "signal" }>): ChatAnswer {
    if (this.feeds.get(roomId)?.isIn(clientId) !== true) throw refused("room")
    if (this.signals.take(clientId, this.deps.clock.monotonicMs(), 0) === undefined) return { type: "done" }
    const signal = { about: "signal", roomId, clientId, bytes } as const
    this.hear(signal)
    this.others.tell(signal)
    return { type: "done" }
  }

  /** What happened here or at another server, to those who are connected here. */
  private hear(notice: ServerNotice | undefined): void {
    switch (notice?.about) {
      case "signal": {
        const { roomId, clientId, bytes } = notice
        const others = (this.feeds.get(roomId)?.present() ?? []).map((member) => member.clientId)
        this.local.send(
          others.filter((other) => other !== clientId),
          { type: "signal", roomId, clientId, bytes },
        )
        return
      }
      case "delivered":
        this.feeds.get(notice.roomId)?.acknowledge(notice.clientId, notice.before, notice.seq)
        return
      case "presence":
        this.presence.told(notice.accountId, notice.online)
        return
      case "packages":
        this.local.send([notice.clientId], { type: "keyPackagesLow", packagesLeft: notice.left })
        return
    }
  }

  private background(name: string, run: Promise<unknown>): void {
    const work = run
      .catch((error: unknown) => this.deps.log.error("chat.background", { name, why: messageOf(error) }))
      .finally(() => this.work.delete(work))
    this.work.add(work)
  }
}
