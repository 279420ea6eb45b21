import { safeFileName } from "../../files/safe-name.js"
import { type ChatEntry, saidText } from "../room/room-record.js"
import { entryNotices } from "./entry-notices.js"

/** An entry in one line, for the list of rooms and for notifications; undefined for what needs no saying. */
export function entrySummary(entry: ChatEntry, selfId: string): string | undefined {
  const { body } = entry
  const text = saidText(entry)
  if (text !== undefined) return text.replace(/\s+/g, " ").trim()
  if (body.type === "deleted") return "Deleted message"
  if (body.type === "file") return `File: ${safeFileName(body.file.name)}`
  return entryNotices(entry, selfId).at(0)?.text
}
