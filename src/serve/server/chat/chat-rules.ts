import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import type { ChatQuotas } from "../../store/chat/chat-store.js"
import type { ServeConfig } from "../serve-config.js"

/** What the relay allows, beyond the bounds of the wire. */
export interface ChatRules {
  readonly postsPerSecond: number
  readonly postBurst: number
  readonly keepMs: number
}

export const chatQuotasOf = ({ chat }: Pick<ServeConfig, "chat">): ChatQuotas => ({
  clientsPerAccount: chat.clientsPerAccount,
  roomsPerAccount: chat.roomsPerAccount,
  membersPerRoom: chat.membersPerRoom,
  waitingBytesPerRoom: chat.waitingBytesPerRoom,
  waitingBytesPerAccount: chat.waitingBytesPerAccount,
  minimumFreeBytes: chat.minimumFreeBytes,
  keyPackagesPerClient: ChatLimit.keyPackages,
})

export const chatRulesOf = ({ chat }: Pick<ServeConfig, "chat">): ChatRules => ({
  postsPerSecond: chat.postsPerSecond,
  postBurst: chat.postBurst,
  keepMs: chat.keepDays * 86_400_000,
})
