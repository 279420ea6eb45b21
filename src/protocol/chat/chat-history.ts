import { textFinder } from "../text/find-text.js"
import { type ChatStorage, put } from "./chat-storage.js"
import { messageOf, withMarks } from "./room/apply-about.js"
import {
  type ChatEntry,
  chatEntry,
  chatKey,
  isSaid,
  type MessageMarks,
  messageMarks,
  placeRecord,
  saidText,
} from "./room/room-record.js"

const PAGE = 200

/** Entries that nobody is shown. */
export const isShown = (entry: ChatEntry): boolean => entry.body.type !== "quiet"

/** The newest entries with `seq` below `before` and at least `firstSeq`, oldest first, at most `limit`. */
export async function readHistory(
  storage: ChatStorage,
  roomId: string,
  firstSeq: number,
  before: number,
  limit: number,
): Promise<ChatEntry[]> {
  const entries: ChatEntry[] = []
  let high = before // exclusive
  let window = limit
  // Keys ascend, and a room that was left and joined again has gaps: windows that grow go down from the newest.
  while (entries.length < limit && high > Math.max(1, firstSeq)) {
    const low = Math.max(1, firstSeq, high - window)
    const found: ChatEntry[] = []
    let after = chatKey.message(roomId, low - 1)
    const end = chatKey.message(roomId, high)
    for (;;) {
      const page = await storage.readRange(chatKey.messages(roomId), after, Math.min(200, high - low))
      for (const { key, value } of page) {
        const entry = key < end ? chatEntry.decode(value) : undefined
        if (entry !== undefined && isShown(entry)) found.push(entry)
      }
      const lastKey = page.at(-1)?.key
      if (lastKey === undefined || lastKey >= end || page.length < Math.min(200, high - low)) break
      after = lastKey
    }
    entries.unshift(...found)
    high = low
    window *= 2
  }
  return entries.slice(-limit)
}

/** The entries, ascending and all of one room, with what was made of them since, and replies with what they answer. */
export async function withChanges(
  storage: ChatStorage,
  roomId: string,
  entries: readonly ChatEntry[],
): Promise<ChatEntry[]> {
  const [first, last] = [entries.at(0), entries.at(-1)]
  if (first === undefined || last === undefined) return []
  const marks = new Map<string, MessageMarks>()
  const end = chatKey.marks(roomId, last.seq)
  for (let after = chatKey.marks(roomId, first.seq - 1); ; ) {
    const page = await storage.readRange(chatKey.marksOf(roomId), after, PAGE)
    for (const { key, value } of page) {
      const found = messageMarks.decode(value)
      if (found !== undefined) marks.set(key, found)
    }
    const lastKey = page.at(-1)?.key
    if (lastKey === undefined || lastKey >= end || page.length < PAGE) break
    after = lastKey
  }
  return await Promise.all(
    entries.map(async (plain) => {
      const entry = withMarks(plain, marks.get(chatKey.marks(roomId, plain.seq)))
      if (entry.body.type !== "about") return entry
      const quoted = await messageOf((key) => storage.read(key), roomId, entry.body.messageId)
      return quoted === undefined ? entry : { ...entry, quoted }
    }),
  )
}

const textOf = (entry: ChatEntry): string => saidText(entry) ?? (entry.body.type === "file" ? entry.body.file.name : "")

/** True when every word of the query is in the entry's text or file name. */
export function matcherOf(query: string): (entry: ChatEntry) => boolean {
  const finds = textFinder(query)
  return (entry) => finds(textOf(entry))
}

/** The newest entries of these rooms that match the query, the newest first, at most `limit`. */
export async function searchHistory(
  storage: ChatStorage,
  rooms: readonly { readonly roomId: string; readonly firstSeq: number; readonly cursor: number }[],
  query: string,
  limit: number,
): Promise<{ roomId: string; entry: ChatEntry }[]> {
  const matches = matcherOf(query)
  const found: { roomId: string; entry: ChatEntry }[] = []
  for (const { roomId, firstSeq, cursor } of rooms) {
    const inRoom: ChatEntry[] = []
    for (let before = cursor + 1; inRoom.length < limit; ) {
      const page = await readHistory(storage, roomId, firstSeq, before, PAGE)
      inRoom.push(...page.reverse().filter(matches))
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) break
      before = last.seq
    }
    found.push(...inRoom.slice(0, limit).map((entry) => ({ roomId, entry })))
  }
  return found.sort((x, y) => y.entry.timeMs - x.entry.timeMs).slice(0, limit)
}

/** Page by page: what was deleted when the process stops is not there any more, and the rest can be deleted again. */
export async function deleteHistory(storage: ChatStorage, roomId: string): Promise<void> {
  for (const prefix of [chatKey.messages(roomId), chatKey.marksOf(roomId), chatKey.places(roomId)]) {
    for (;;) {
      const page = await storage.readRange(prefix, undefined, PAGE)
      if (page.length === 0) break
      await storage.write(
        [],
        page.map(({ key }) => key),
      )
    }
  }
}

/** Gives what earlier versions stored its place, once. */
export async function placeHistory(storage: ChatStorage, roomIds: readonly string[]): Promise<void> {
  if ((await storage.read(chatKey.placed)) !== undefined) return
  for (const roomId of roomIds) {
    for (let after: string | undefined; ; ) {
      const page = await storage.readRange(chatKey.messages(roomId), after, PAGE)
      const places = new Map<string, number>()
      for (const { value } of page) {
        const entry = chatEntry.decode(value)
        if (entry === undefined || !isSaid(entry) || places.has(entry.id)) continue
        if ((await storage.read(chatKey.place(roomId, entry.id))) === undefined) places.set(entry.id, entry.seq)
      }
      const puts = [...places].map(([id, seq]) => put(chatKey.place(roomId, id), placeRecord.encode({ seq })))
      if (puts.length > 0) await storage.write(puts, [])
      after = page.at(-1)?.key
      if (page.length < PAGE) break
    }
  }
  await storage.write([put(chatKey.placed, new Uint8Array(0))], [])
}
