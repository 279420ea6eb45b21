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
  /** What the items before have written; undefined: deleted. */
  const written = new Map<string, Uint8Array | undefined>()
  const read = (key: string): Promise<Uint8Array | undefined> =>
    written.has(key) ? Promise.resolve(written.get(key)) : host.storage.read(key)
  let state = before
  for (const item of items) {
    const applied = await applyItem(host, state, item, read)
    const { entry } = applied
    const message = entry && put(chatKey.message(state.record.roomId, entry.seq), chatEntry.encode(entry))
    for (const { key, value } of [...(message ? [message] : []), ...(applied.puts ?? [])]) written.set(key, value)
    for (const key of applied.deletes ?? []) written.set(key, undefined)
    steps.push({ item, applied })
    state = applied.state
  }
  const writes = stateWrites(before, state)
  return {
    state,
    steps,
    puts: [...[...written].flatMap(([key, value]) => (value ? [put(key, value)] : [])), ...writes.puts],
    deletes: [...[...written].flatMap(([key, value]) => (value ? [] : [key])), ...writes.deletes],
    zeroize: () => {
      for (const { applied } of steps) applied.zeroize?.()
    },
  }
}
