import { put, type StoredEntry } from "../chat-storage.js"
import type { AboutAction } from "../contents.js"
import {
  type ChatEntry,
  chatEntry,
  chatKey,
  type EntryBody,
  MarkLimit,
  type MessageMarks,
  messageMarks,
  placeRecord,
  saidText,
} from "./room-record.js"

/** A value of the storage as it is after all that was applied before. */
export type ReadValue = (key: string) => Promise<Uint8Array | undefined>

/** The message of that id as it is now, undefined where this device has none. */
export async function messageOf(read: ReadValue, roomId: string, messageId: string): Promise<ChatEntry | undefined> {
  const place = await read(chatKey.place(roomId, messageId))
  const seq = place && placeRecord.decode(place)?.seq
  const bytes = seq === undefined ? undefined : await read(chatKey.message(roomId, seq))
  const entry = bytes && chatEntry.decode(bytes)
  if (entry === undefined) return undefined
  const marks = await read(chatKey.marks(roomId, entry.seq))
  return withMarks(entry, marks && messageMarks.decode(marks))
}

export const withMarks = ({ marks: _, ...entry }: ChatEntry, marks: MessageMarks | undefined): ChatEntry =>
  marks === undefined ? entry : { ...entry, marks }

/** What has become of an earlier message. */
export interface ChangedMessage {
  readonly before: ChatEntry
  readonly after: ChatEntry
  readonly puts: readonly StoredEntry[]
  readonly deletes: readonly string[]
}

const noMarks: MessageMarks = { edited: false, reactions: [] }

/** The body that says another text. */
function withText(body: EntryBody, text: string): EntryBody | undefined {
  if (body.type === "text") return { type: "text", text }
  const reply = body.type === "about" && body.action.type === "reply"
  return reply ? { ...body, action: { type: "reply", text } } : undefined
}

function react(
  reactions: MessageMarks["reactions"],
  { accountId, name }: Pick<ChatEntry["sender"], "accountId" | "name">,
  { emoji, on }: Extract<AboutAction, { type: "reaction" }>,
): MessageMarks["reactions"] {
  const own = reactions.filter((one) => one.accountId === accountId)
  const there = own.find((one) => one.emoji === emoji)
  if (!on) return there === undefined ? reactions : reactions.filter((one) => one !== there)
  const full = own.length >= MarkLimit.reactionsPerAccount || reactions.length >= MarkLimit.reactions
  return there !== undefined || full ? reactions : [...reactions, { emoji, accountId, name }]
}

/** An edit, a deletion or a reaction, applied to the message as it is now. Items are applied in order of seq, so the
 *  last edit stands, and nothing comes after a deletion. Undefined where it changes nothing: the message is not known
 *  here or was deleted, its author is another account than the authenticated sender's, it has no text to edit, or it
 *  has as many reactions as it may. */
export function changeMessage(
  roomId: string,
  before: ChatEntry | undefined,
  sender: Pick<ChatEntry["sender"], "accountId" | "name">,
  action: AboutAction,
): ChangedMessage | undefined {
  if (before === undefined || (before.body.type !== "file" && saidText(before) === undefined)) return undefined
  const { seq, body, marks = noMarks } = before
  const byAuthor = before.sender.accountId === sender.accountId
  const changed = (newBody: EntryBody, newMarks: MessageMarks | undefined): ChangedMessage => {
    const after = withMarks({ ...before, body: newBody }, newMarks)
    const key = chatKey.marks(roomId, seq)
    const kept = newBody === body ? [] : [put(chatKey.message(roomId, seq), chatEntry.encode(after))]
    return newMarks === undefined
      ? { before, after, puts: kept, deletes: [key] }
      : { before, after, puts: [...kept, put(key, messageMarks.encode(newMarks))], deletes: [] }
  }
  switch (action.type) {
    case "reply":
      return undefined
    case "edit": {
      const edited = byAuthor && action.text.trim() !== "" ? withText(body, action.text) : undefined
      return edited && changed(edited, { ...marks, edited: true })
    }
    case "delete":
      return byAuthor ? changed({ type: "deleted" }, undefined) : undefined
    case "reaction": {
      const reactions = react(marks.reactions, sender, action)
      return reactions === marks.reactions ? undefined : changed(body, { ...marks, reactions })
    }
  }
}
