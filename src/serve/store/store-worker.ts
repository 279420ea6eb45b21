import { workerData } from "node:worker_threads"
import { answerCalls } from "./answer-calls.js"
import type { ChatQuotas } from "./chat/chat-store.js"
import { parseKeyRing } from "./key-ring.js"
import { openStore } from "./open-store.js"

const { location, keys } = workerData as { readonly location: string; readonly keys: string }

await answerCalls(async () => {
  const opened = await openStore(location, parseKeyRing(keys, "the server's key ring"))
  const parts = new Map<string, object>([
    ["store", opened.store],
    ["study", opened.study],
    ["rooms", { isRoomMember: opened.isRoomMember }],
  ])
  return {
    opened: opened.auditKey,
    part(name) {
      let part = parts.get(name)
      if (part === undefined) {
        const { quotas, serverId } = JSON.parse(name) as { readonly quotas: ChatQuotas; readonly serverId: string }
        part = opened.chatStore(quotas, serverId)
        parts.set(name, part)
      }
      return part
    },
  }
})
