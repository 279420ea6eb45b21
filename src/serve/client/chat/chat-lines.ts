import type { MemberView, RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import { type ChatEntry, saidText } from "@sourceprint/protocol/chat/room/room-record.js"
import { entryNotices } from "@sourceprint/protocol/chat/view/entry-notices.js"
import { entrySummary } from "@sourceprint/protocol/chat/view/entry-summary.js"
import { memberMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { verifiedWords } from "@sourceprint/protocol/chat/view/verified-words.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"

const pad2 = (value: number): string => String(value).padStart(2, "0")

/** "21:04" of today, else "2026-11-21 21:04", in the zone of this machine. */
function timeWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const clock = `${pad2(at.getHours())}:${pad2(at.getMinutes())}`
  if (at.toDateString() === new Date(nowMs).toDateString()) return clock
  return `${at.getFullYear()}-${pad2(at.getMonth() + 1)}-${pad2(at.getDate())} ${clock}`
}

export const roomName = ({ title, kind, status }: RoomView): string =>
  title || (status === "joining" ? "(joining)" : kind === "direct" ? "(conversation)" : "(room)")

/** Further lines of a text are indented, so that no text can look like another person's line. */
const indented = (text: string): string => text.replace(/\n/g, "\n    ")

const QUOTED = 40

/** What a reply answers, in front of its text. */
function answerWords({ body, quoted }: ChatEntry, selfId: string): string {
  if (body.type !== "about") return ""
  if (quoted === undefined) return "(answers a message that is not on this device) "
  const words = entrySummary(quoted, selfId) ?? ""
  const short = words.length > QUOTED ? `${[...words].slice(0, QUOTED).join("")}…` : words
  const who = quoted.sender.accountId === selfId ? "you" : quoted.sender.name
  return `(answers ${who}: “${short}”) `
}

/** What was made of a message, behind its text. */
function markWords({ marks }: ChatEntry): string {
  if (marks === undefined) return ""
  const names = new Map<string, string[]>()
  for (const { emoji, name } of marks.reactions) names.set(emoji, [...(names.get(emoji) ?? []), name])
  const reactions = [...names].map(([emoji, who]) => `${emoji} ${who.join(", ")}`)
  return [...(marks.edited ? [" (edited)"] : []), ...reactions.map((words) => ` [${words}]`)].join("")
}

/** An entry as lines of the terminal; none for what is not shown. */
export function entryLines(entry: ChatEntry, room: RoomView, selfId: string, nowMs: number): string[] {
  const { body, sender, timeMs } = entry
  const head = `${timeWords(timeMs, nowMs)} [${roomName(room)}]`
  const who = sender.accountId === selfId ? "You" : sender.name
  const text = saidText(entry)
  if (text !== undefined) return [`${head} ${who}: ${indented(answerWords(entry, selfId) + text)}${markWords(entry)}`]
  if (body.type === "deleted") return [`${head} * ${who} deleted a message`]
  if (body.type === "file") {
    const { name, sizeBytes } = body.file
    return [`${head} ${who}: file ${safeFileName(name)}, ${sizeBytes} bytes (/files)`]
  }
  return entryNotices(entry, selfId).map(({ tone, text }) => `${head} ${tone === "warn" ? "!" : "*"} ${text}`)
}

const warning = (mark: string | undefined): string[] => (mark === undefined ? [] : [`    ! this name ${mark}`])

export function memberLines(members: readonly MemberView[], nowMs: number): string[] {
  const marks = memberMarks(members)
  return members.flatMap(({ accountId, name, self, online, clients }) => [
    `${name}${self ? " (you)" : ""}, ${online ? "here" : "away"}`,
    ...warning(marks.get(accountId)),
    ...clients.map(
      ({ factors, verifiedAtMs, self: thisOne }) =>
        `    verified by ${verifiedWords(factors)}, ${timeWords(verifiedAtMs, nowMs)}${thisOne ? ", this device" : ""}`,
    ),
  ])
}

/** @param mark why its name may deceive */
export const roomLine = (room: RoomView, number: number, current: boolean, mark?: string): string => {
  const facts = [
    room.kind === "direct" ? "direct" : undefined,
    room.unread > 0 ? `${room.unread} unread` : undefined,
    room.waiting > 0 ? `${room.waiting} waiting to be sent` : undefined,
    room.status === "active" ? undefined : room.status,
    mark === undefined ? undefined : `! its name ${mark}`,
  ].filter((fact) => fact !== undefined)
  return `${current ? ">" : " "} ${number} ${roomName(room)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`
}
