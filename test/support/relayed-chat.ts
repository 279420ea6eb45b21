import { AppError } from "@sourceprint/core/errors.js"
import { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import type { ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import { chatAnswer, chatRequest } from "@sourceprint/protocol/chat/wire.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { type ChannelContext, refusalOf } from "@sourceprint/serve/server/application/channel.js"
import type { Account } from "@sourceprint/serve/store/store.js"
import type { ManualClock } from "./chat-party.js"
import { MemoryDisk } from "./memory-chat-storage.js"
import { until } from "./patience.js"
import type { TestRelay } from "./relay-context.js"

/** A real chat client on a real relay, with neither sockets nor seals between them. */
export class RelayedChat {
  private cut: () => void = () => {}

  private constructor(
    readonly chat: ChatClient,
    readonly account: Account,
    readonly disk: MemoryDisk,
  ) {}

  static async start(
    server: TestRelay,
    account: Account,
    clock: ManualClock,
    disk = new MemoryDisk(),
  ): Promise<RelayedChat> {
    const chat = await ChatClient.open({
      crypto: webCrypto,
      storage: disk.open(),
      clock,
      serverIdentity: server.identity,
      name: account.name,
      keyPackages: 6,
    })
    return new RelayedChat(chat, account, disk)
  }

  async goOnline(server: TestRelay): Promise<void> {
    await this.chat.connect(this.transport(server))
  }

  goOffline(): void {
    this.cut()
  }

  async kill(): Promise<void> {
    this.cut()
    await this.chat.close()
  }

  texts = async (roomId: string): Promise<string[]> =>
    (await this.chat.history(roomId, { limit: 10_000 })).flatMap(({ body }) =>
      body.type === "text" ? [body.text] : [],
    )

  names = (roomId: string): string[] => this.chat.members(roomId).map(({ name }) => name)

  private transport({ relay }: TestRelay): ChatTransport {
    let listener: (body: Uint8Array) => void = () => {}
    let open = true
    let end: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      end = resolve
    })
    const cut = (): void => {
      open = false
      end()
    }
    this.cut = cut
    const context: ChannelContext = {
      account: this.account,
      session: {
        tokenHash: "",
        accountId: this.account.id,
        deviceId: undefined,
        factors: ["password"],
        createdAtMs: 1,
        expiresAtMs: 2,
      },
      clientAddress: "test",
      closed,
      require: () => Promise.resolve(),
      sendEvent: (body) => queueMicrotask(() => open && listener(body)),
      close: cut,
    }
    return {
      closed,
      onEvent: (to) => {
        listener = to
      },
      async request(body) {
        const request = chatRequest.decode(body)
        if (!open || request === undefined) throw new AppError("application/closed", "the connection is gone")
        try {
          return chatAnswer.encode(await relay.answer(context, request))
        } catch (error) {
          const refused = refusalOf(error)
          if (refused === undefined) throw error
          throw new AppError(`application/refused/${refused.code}`, refused.words)
        }
      },
    }
  }
}

/** Until it holds; the clients' timers run meanwhile, a second for each look. */
export function comes(clock: ManualClock, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  return until(async () => {
    if (await holds()) return true
    clock.advance(1000)
    return false
  }, what)
}
