import type { StoredEntry } from "../chat-storage.js"
import { put } from "../chat-storage.js"
import type { ChatItem } from "../wire.js"
import { type Applied, applyItem } from "./apply-item.js"
import type { RoomHost } from "./room-host.js"
import { chatEntry, chatKey } from "./room-record.js"
import { type RoomState, stateWrites } from "./room-state.js"

/** The most items that one write takes. */
export const LONGEST_RUN = 32

/** The items at the head that one write takes: messages in unbroken sequence, or one commit or welcome. */
export function nextRun(items: readonly ChatItem[]): readonly ChatItem[] {
  const [first] = items
  const broken = items.findIndex(
    ({ seq, kind }, k) => k > 0 && first && (kind !== "message" || first.kind !== "message" || seq !== first.seq + k),
  )
  return items.slice(0, Math.min(LONGEST_RUN, broken === -1 ? items.length : broken))
}

/** Several items, one after the other, as one write. */
export interface AppliedRun {
  readonly state: RoomState
  readonly steps: readonly { readonly item: ChatItem; readonly applied: Applied }[]
  readonly puts: readonly StoredEntry[]
  readonly deletes: readonly string[]
  zeroize(): void
}

export async function applyRun(host: RoomHost, before: RoomState, items: readonly ChatItem[]): Promise<AppliedRun> {
  const steps: { item: ChatItem; applied: Applied }[] = []
  const puts = new Map<string, StoredEntry>()
  const deletes: string[] = []
  let state = before
  for (const item of items) {
    const applied = await applyItem(host, state, item)
    const { entry } = applied
    const message = entry && put(chatKey.message(state.record.roomId, entry.seq), chatEntry.encode(entry))
    for (const one of [...(message ? [message] : []), ...(applied.puts ?? [])]) puts.set(one.key, one)
    deletes.push(...(applied.deletes ?? []))
    steps.push({ item, applied })
    state = applied.state
  }
  const writes = stateWrites(before, state)
  return {
    state,
    steps,
    puts: [...puts.values(), ...writes.puts],
    deletes: [...deletes, ...writes.deletes],
    zeroize: () => {
      for (const { applied } of steps) applied.zeroize?.()
    },
  }
}
