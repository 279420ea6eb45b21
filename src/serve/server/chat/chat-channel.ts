import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { chatAnswer, chatRequest } from "@sourceprint/protocol/chat/wire.js"
import type { ChannelMaker } from "../application/application-channel.js"
import { refusal } from "../application/channel.js"
import { ChatRelay } from "./chat-relay.js"
import { chatRulesOf } from "./chat-rules.js"

/** Channel 1: the relay over the store of the configuration. */
export const chatChannel: ChannelMaker = async ({ config, deps, chat }) => {
  const { crypto, clock, metrics, log, secrets } = deps
  const relay = new ChatRelay({
    store: chat,
    crypto,
    identity: secrets.identity,
    clock,
    metrics,
    log,
    rules: chatRulesOf(config),
  })
  await relay.start()
  return {
    id: Channel.chat,
    async handler(context, body) {
      const request = chatRequest.decode(body)
      if (request === undefined) throw refusal("malformed", "this is not a request of the chat")
      return chatAnswer.encode(await relay.answer(context, request))
    },
    stop: () => relay.stop(),
  }
}
