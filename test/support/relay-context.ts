import { randomBytes } from "node:crypto"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { type ChatAnswer, type ChatEvent, type ChatRequest, chatEvent } from "@sourceprint/protocol/chat/wire.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { ChannelContext } from "@sourceprint/serve/server/application/channel.js"
import { ChatRelay } from "@sourceprint/serve/server/chat/chat-relay.js"
import type { ChatRules } from "@sourceprint/serve/server/chat/chat-rules.js"
import type { RelayTiming } from "@sourceprint/serve/server/chat/relay-deps.js"
import { ServerMetrics } from "@sourceprint/serve/server/metrics.js"
import type { ChatQuotas, ChatStore } from "@sourceprint/serve/store/chat/chat-store.js"
import type { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { type OpenedStore, openStore } from "@sourceprint/serve/store/open-store.js"
import type { Account } from "@sourceprint/serve/store/store.js"

export const newId = (): string => toHex(randomBytes(16))

export const relayQuotas: ChatQuotas = {
  clientsPerAccount: 16,
  roomsPerAccount: 100,
  membersPerRoom: 50,
  waitingBytesPerRoom: 1e6,
  waitingBytesPerAccount: 1e8,
  minimumFreeBytes: 0,
  keyPackagesPerClient: 64,
}

/** One server's relay on a store. */
export interface TestRelay {
  readonly opened: OpenedStore
  readonly chat: ChatStore
  readonly relay: ChatRelay
  readonly metrics: ServerMetrics
  readonly identity: Uint8Array
  account(name: string): Promise<Account>
  stop(): Promise<void>
}

export async function testRelay(
  location: string,
  keys: KeyRing,
  rules: Partial<ChatRules> = {},
  timing: RelayTiming = { healMs: 300, patienceMs: 500 },
  clock: Clock = systemClock,
): Promise<TestRelay> {
  const opened = await openStore(location, keys)
  const chat = opened.chatStore(relayQuotas, newId())
  const metrics = new ServerMetrics()
  const identity = await webCrypto.signer(new Uint8Array(32).fill(7))
  const relay = new ChatRelay({
    store: chat,
    crypto: webCrypto,
    identity,
    clock,
    metrics,
    log: silentLog,
    rules: { postsPerSecond: 1000, postBurst: 1000, keepMs: 30 * 86_400_000, ...rules },
    timing,
  })
  await relay.start()
  return {
    opened,
    chat,
    relay,
    metrics,
    identity: identity.publicKey,
    async account(name) {
      const account = { id: newId(), name, sealedRecord: utf8("sealed"), createdAtMs: 0 }
      await opened.store.createAccount({
        account,
        nameKey: name.toLowerCase(),
        templates: [],
        enrolmentHash: newId(),
        codeHash: undefined,
        imageDigests: [],
        audit: { atMs: 0, event: "enrolment", reason: "passed" },
      })
      return { ...account, operator: false, disabled: false }
    },
    async stop() {
      await relay.stop()
      await opened.store.close()
    },
  }
}

type Answered<Type extends ChatRequest["type"]> = Omit<Extract<ChatRequest, { type: Type }>, "type">

/** One connection to a relay, without sessions, seals and sockets; it speaks requests and hears events. */
export class RelayClient {
  readonly events: ChatEvent[] = []
  private readonly signatureKey: Uint8Array
  private wake: () => void = () => {}
  private over: () => void = () => {}
  closed = false
  private context: ChannelContext

  constructor(
    private server: TestRelay,
    readonly account: Account,
    readonly clientId = newId(),
    signatureKey: Uint8Array = randomBytes(32),
  ) {
    this.signatureKey = signatureKey
    this.context = this.newContext()
  }

  private newContext(): ChannelContext {
    const closed = new Promise<void>((resolve) => {
      this.over = resolve
    })
    const session = {
      tokenHash: "",
      accountId: this.account.id,
      deviceId: undefined,
      factors: ["password", "finger"],
      createdAtMs: 1,
      expiresAtMs: 2,
    }
    const context: ChannelContext = {
      account: this.account,
      session,
      clientAddress: "test",
      closed,
      require: () => Promise.resolve(),
      sendEvent: (body) => {
        const event = chatEvent.decode(body)
        if (event === undefined) throw new Error("the relay sent what is no event")
        if (context !== this.context) return
        this.events.push(event)
        this.wake()
      },
      close: () => {
        if (context === this.context) this.closed = true
      },
    }
    return context
  }

  ask<Type extends ChatRequest["type"]>(type: Type, fields: Answered<Type>): Promise<ChatAnswer> {
    return this.server.relay.answer(this.context, { type, ...fields } as unknown as ChatRequest)
  }

  register(): Promise<ChatAnswer> {
    return this.ask("register", { clientId: this.clientId, signatureKey: this.signatureKey })
  }

  /** The connection ends; another one may begin, at another server. */
  leave(server: TestRelay = this.server): void {
    this.over()
    this.server = server
    this.context = this.newContext()
    this.events.length = 0
    this.closed = false
  }

  /** The first event of this kind that fits, come or to come. */
  async event<Type extends ChatEvent["type"]>(
    type: Type,
    fits: (event: Extract<ChatEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<ChatEvent, { type: Type }>> {
    for (;;) {
      const found = this.events.find(
        (event): event is Extract<ChatEvent, { type: Type }> =>
          event.type === type && fits(event as Extract<ChatEvent, { type: Type }>),
      )
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  /** "seq kind text" of every item that came, in order of coming. */
  heard(roomId: string): string[] {
    return this.events.flatMap((event) =>
      event.type === "item" && event.roomId === roomId
        ? [`${event.item.seq} ${event.item.kind} ${new TextDecoder().decode(event.item.bytes)}`]
        : [],
    )
  }

  post(roomId: string, epoch: number, text: string, id = newId()): Promise<ChatAnswer> {
    return this.ask("post", { roomId, epoch, id, bytes: utf8(text) })
  }

  commit(roomId: string, epoch: number, added: string[], removed: string[] = []): Promise<ChatAnswer> {
    const welcome = utf8(added.length > 0 ? `welcome ${epoch}` : "")
    return this.ask("commit", {
      roomId,
      epoch,
      id: newId(),
      commit: utf8(`commit ${epoch}`),
      welcome,
      added,
      removed,
    })
  }
}
