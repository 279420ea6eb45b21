import { type ChatEntry, isSaid } from "../room/room-record.js"
import { type EntryNotice, entryNotices } from "./entry-notices.js"

/** One line of a conversation as it is shown. `key` is stable while the conversation grows at either end. */
export type TimelineRow =
  | { readonly kind: "day"; readonly key: string; readonly atMs: number }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "notice"; readonly key: string; readonly notice: EntryNotice; readonly atMs: number }
  /** `first`: the sender differs from the row before, or some minutes have passed. */
  | {
      readonly kind: "message"
      readonly key: string
      readonly entry: ChatEntry
      readonly own: boolean
      readonly first: boolean
    }

const RUN_MS = 5 * 60_000

/** A name for the day of a time in the reader's zone. */
const dayOf = (atMs: number): string => {
  const date = new Date(atMs)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** Entries in order of seq as rows: a line where a day begins, one where what is new begins, notices, messages.
 *  @param readSeq the last seq that had been read when the conversation was opened; undefined: no line for what is
 *  new */
export function timelineRows(
  entries: readonly ChatEntry[],
  selfId: string,
  readSeq: number | undefined,
): TimelineRow[] {
  const rows: TimelineRow[] = []
  const leaving = new Set<string>()
  let day = ""
  let newShown = readSeq === undefined
  let last: ChatEntry | undefined
  for (const entry of entries) {
    const own = entry.sender.accountId === selfId
    const notices = entryNotices(entry, selfId, leaving)
    if (entry.body.type === "leave") leaving.add(entry.sender.accountId)
    const spoken = isSaid(entry) || entry.body.type === "deleted"
    if (!spoken && notices.length === 0) continue
    const today = dayOf(entry.timeMs)
    if (today !== day) {
      rows.push({ kind: "day", key: `day ${today} ${entry.seq}`, atMs: entry.timeMs })
      day = today
      last = undefined
    }
    if (!newShown && spoken && !own && readSeq !== undefined && entry.seq > readSeq) {
      rows.push({ kind: "unread", key: `unread ${readSeq}` })
      newShown = true
      last = undefined
    }
    if (spoken) {
      const sameRun =
        last !== undefined && last.sender.accountId === entry.sender.accountId && entry.timeMs - last.timeMs < RUN_MS
      rows.push({ kind: "message", key: `m ${entry.seq}`, entry, own, first: !sameRun })
      last = entry
    } else {
      notices.forEach((notice, n) => {
        rows.push({ kind: "notice", key: `n ${entry.seq} ${n}`, notice, atMs: entry.timeMs })
      })
      last = undefined
    }
  }
  return rows
}
