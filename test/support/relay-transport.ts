import { AppError } from "@sourceprint/core/errors.js"
import type { ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import { chatAnswer, chatRequest } from "@sourceprint/protocol/chat/wire.js"
import { type ChannelContext, refusalOf } from "@sourceprint/serve/server/application/channel.js"
import type { Account } from "@sourceprint/serve/store/store.js"
import pLimit from "p-limit"
import type { TestRelay } from "./relay-context.js"

/** A chat client's connection to the real relay, without the session, seals and sockets between them. */
export function relayTransport(server: TestRelay, account: Account): ChatTransport & { cut(): void } {
  const inOrder = pLimit(1)
  let open = true
  let end: () => void = () => undefined
  let listener: (body: Uint8Array) => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    end = resolve
  })
  const cut = (): void => {
    open = false
    end()
  }
  const session = {
    tokenHash: "",
    accountId: account.id,
    deviceId: undefined,
    factors: ["password", "finger", "scanner"],
    createdAtMs: Date.now(),
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  }
  const context: ChannelContext = {
    account,
    session,
    clientAddress: "test",
    closed,
    close: cut,
    require: () => Promise.resolve(),
    sendEvent: (body) => {
      queueMicrotask(() => {
        if (open) listener(body)
      })
    },
  }
  const gone = () => new AppError("application/closed", "the connection was cut")
  const answer = async (body: Uint8Array): Promise<Uint8Array> => {
    const request = chatRequest.decode(body)
    if (request === undefined) throw new Error("a client sent what is no request")
    try {
      return chatAnswer.encode(await server.relay.answer(context, request))
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      throw new AppError(`application/refused/${refusal.code}`, refusal.words)
    }
  }
  return {
    closed,
    cut,
    onEvent: (to) => {
      listener = to
    },
    request: (body) =>
      inOrder(async () => {
        if (!open) throw gone()
        const bytes = await answer(body)
        if (!open) throw gone()
        return bytes
      }),
  }
}
