import { equalConstantTime } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { CertificateClaims } from "../certificate.js"
import { put, type StoredEntry } from "../chat-storage.js"
import { type ChatContent, isOfNewerVersion, utterance } from "../contents.js"
import { MlsGroup } from "../mls/mls-group.js"
import type { ChatItem } from "../wire.js"
import { changeMessage, messageOf, type ReadValue } from "./apply-about.js"
import { membershipDiff } from "./membership-diff.js"
import { newUtterance } from "./new-utterance.js"
import type { RoomHost } from "./room-host.js"
import {
  type ChatEntry,
  chatKey,
  countsAsUnread,
  type EntryBody,
  type EntryPerson,
  isSaid,
  placeRecord,
  type RoomRecord,
} from "./room-record.js"
import { type RoomState, withoutGroup, withoutTasks, withTasks } from "./room-state.js"

/** The state after an item, and what is to be written with it beside the state and the entry. */
export interface Applied {
  readonly state: RoomState
  readonly entry?: ChatEntry
  readonly puts?: readonly StoredEntry[]
  readonly deletes?: readonly string[]
  /** An earlier message, as it is after the item. */
  readonly changed?: ChatEntry
  /** The account that has said that it leaves. */
  readonly departs?: string | undefined
  /** Zeroes used keys: once all is written. */
  readonly zeroize?: () => void
}

const claimsIn = (group: MlsGroup): CertificateClaims[] => group.members().map(({ claims }) => claims)

const entryOf = (
  item: ChatItem,
  sender: Pick<CertificateClaims, "accountId" | "name" | "clientId">,
  body: EntryBody,
  sentAtMs = 0,
): ChatEntry => {
  const { accountId, name, clientId } = sender
  return {
    seq: item.seq,
    id: item.id,
    sender: { accountId, name, clientId },
    timeMs: item.timeMs,
    sentAtMs,
    body,
  }
}

/** As the server names the sender: for what could not be verified. */
const claimedSender = (group: MlsGroup | undefined, item: ChatItem) =>
  (group && claimsIn(group).find(({ clientId }) => clientId === item.sender)) ?? {
    accountId: "0".repeat(32),
    name: "",
    clientId: item.sender,
  }

/** The room after its next item (`item.seq` is the cursor + 1, or that of a welcome). What does not verify is kept as
 *  an `unreadable` entry and passed over; a commit that does not verify ends the group, since no later item can be
 *  read: the room is `lost` until a member adds this client again.
 *  @param read of the storage with the writes of the items before */
export function applyItem(host: RoomHost, state: RoomState, item: ChatItem, read: ReadValue): Promise<Applied> {
  if (item.kind === "welcome") {
    return state.group === undefined ? applyWelcome(host, state, item) : Promise.resolve(applyUnreadable(state, item))
  }
  const own = item.sender === host.self.clientId
  if (state.group === undefined) {
    const sent = own && item.kind === "message" && ownTask(state, item) !== undefined
    return sent ? applyOwnMessage(host, state, item, read) : Promise.resolve(skip(state, item))
  }
  if (item.kind === "message") {
    return own ? applyOwnMessage(host, state, item, read) : applyMessage(host, state, state.group, item, read)
  }
  return own ? applyOwnCommit(host, state, state.group, item) : applyCommit(host, state, state.group, item)
}

const skip = (state: RoomState, item: ChatItem): Applied => ({
  state: { ...state, record: { ...state.record, cursor: item.seq } },
})

/** Moves the cursor and stores the entry. */
function withEntry(state: RoomState, item: ChatItem, entry: ChatEntry, more: Partial<RoomRecord> = {}): Applied {
  const record = { ...state.record, ...more, cursor: item.seq }
  return { state: { ...state, record }, entry }
}

const applyUnreadable = (state: RoomState, item: ChatItem): Applied =>
  withEntry(state, item, entryOf(item, claimedSender(state.group, item), { type: "unreadable" }))

/** Stores what was said, and what else that changes here. */
async function applySaid(
  host: RoomHost,
  state: RoomState,
  item: ChatItem,
  sender: Pick<CertificateClaims, "accountId" | "name" | "clientId">,
  content: ChatContent | EntryBody,
  sentAtMs: number | undefined,
  read: ReadValue,
): Promise<Applied> {
  const { roomId, kind, name } = state.record
  const entry = (body: EntryBody): ChatEntry => entryOf(item, sender, body, sentAtMs)
  const quiet = entry({ type: "quiet" })
  switch (content.type) {
    case "roomInfo": {
      const same = content.kind === kind && content.name === name
      return withEntry(state, item, same ? quiet : entry(content), { kind: content.kind, name: content.name })
    }
    case "safety": {
      const own = sender.accountId === host.self.accountId
      const puts = own ? [put(chatKey.compared(content.accountId), content.numberSha256)] : []
      return { ...withEntry(state, item, entry(content)), puts }
    }
    case "about": {
      const subject = await messageOf(read, roomId, content.messageId)
      if (content.action.type === "reply") {
        const reply = subject === undefined ? entry(content) : { ...entry(content), quoted: subject }
        return said(host, state, item, reply, read)
      }
      // Only its effect is kept: of a deleted message no earlier text stays.
      const change = changeMessage(roomId, subject, sender, content.action)
      if (change === undefined) return withEntry(state, item, quiet)
      const { before, after, puts, deletes } = change
      const gone = before.seq > state.record.readSeq && countsAsUnread(before, host.self.accountId) && !isSaid(after)
      const unread = Math.max(0, state.record.unread - (gone ? 1 : 0))
      return { ...withEntry(state, item, quiet, { unread }), puts, deletes, changed: after }
    }
    default:
      return said(host, state, item, entry(content), read)
  }
}

/** The first message under an id is the one that others mean by it. */
async function said(
  host: RoomHost,
  state: RoomState,
  item: ChatItem,
  entry: ChatEntry,
  read: ReadValue,
): Promise<Applied> {
  const key = chatKey.place(state.record.roomId, entry.id)
  const placed = !isSaid(entry) || (await read(key)) !== undefined
  const unread = state.record.unread + (countsAsUnread(entry, host.self.accountId) ? 1 : 0)
  return {
    ...withEntry(state, item, entry, { unread }),
    puts: placed ? [] : [put(key, placeRecord.encode({ seq: entry.seq }))],
  }
}

const ownTask = (state: RoomState, item: ChatItem) =>
  state.tasks.find(
    ({ task }) => task.type === "send" && task.id === item.id && equalConstantTime(task.sealed, item.bytes),
  )

function applyOwnMessage(host: RoomHost, state: RoomState, item: ChatItem, read: ReadValue): Promise<Applied> {
  const found = ownTask(state, item)
  const own = found?.task.type === "send" ? utterance.decode(found.task.plain) : undefined
  if (found === undefined || own === undefined) return Promise.resolve(applyUnreadable(state, item))
  return applySaid(host, withoutTasks(state, [found.order]), item, host.self, own.content, own.sentAtMs, read)
}

/** What stands for content that was verified and not understood. */
const notRead = (plain: Uint8Array): EntryBody => ({ type: isOfNewerVersion(plain) ? "newer" : "unreadable" })

async function applyMessage(
  host: RoomHost,
  state: RoomState,
  group: MlsGroup,
  item: ChatItem,
  read: ReadValue,
): Promise<Applied> {
  const opened = await orUnreadable(group.open(item.id, "message", item.bytes))
  if (opened?.kind !== "message") return applyUnreadable(state, item)
  const { sender, plain, zeroize } = opened
  const heard = utterance.decode(plain)
  const content = heard?.content ?? notRead(plain)
  const next = { ...state, group: opened.group }
  const applied = await applySaid(host, next, item, sender, content, heard?.sentAtMs, read)
  if (content.type !== "leave") return { ...applied, zeroize }
  const leaver = put(chatKey.leaver(state.record.roomId, sender.accountId), new Uint8Array(0))
  return { ...applied, puts: [...(applied.puts ?? []), leaver], departs: sender.accountId, zeroize }
}

async function orUnreadable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, "chat/unreadable")) return undefined
    throw error
  }
}

/** The group cannot be followed any further. */
const applyBroken = (state: RoomState, item: ChatItem): Applied => ending(applyUnreadable(state, item), "lost")

/** What was applied, and the end of the group with it. */
const ending = (applied: Applied, status: "lost" | "removed"): Applied => ({
  ...applied,
  state: withoutGroup(applied.state, status),
})

async function applyCommit(host: RoomHost, state: RoomState, group: MlsGroup, item: ChatItem): Promise<Applied> {
  const opened = await orUnreadable(group.open(item.id, "commit", item.bytes))
  if (opened?.kind !== "commit") return applyBroken(state, item)
  if (!opened.group.active) {
    const entry = entryOf(item, opened.sender, { type: "removed" })
    return ending(withEntry(state, item, entry), "removed")
  }
  const applied = await withCommit(host, state, item, opened.sender, group, opened.group)
  return { ...applied, zeroize: opened.zeroize }
}

/** A pending commit of this epoch has either won with this one or lost to it. */
async function withCommit(
  host: RoomHost,
  state: RoomState,
  item: ChatItem,
  sender: CertificateClaims | RoomHost["self"],
  before: MlsGroup,
  after: MlsGroup,
): Promise<Applied> {
  const { added, removed, puts } = await membershipDiff(host.storage, claimsIn(before), claimsIn(after))
  const { left, deletes } = await leaversAmong(host, state.record.roomId, removed)
  const sent = removed.filter(({ accountId }) => !left.has(accountId))
  const body: EntryBody =
    added.length + sent.length === 0 ? { type: "quiet" } : { type: "members", added, removed: sent }
  const entry = entryOf(item, sender, body)
  return { ...withEntry({ ...state, group: after, pending: undefined }, item, entry), puts, deletes }
}

/** Who of them had said that they leave: nobody removed these, a commit only carried it out. */
async function leaversAmong(
  { storage }: RoomHost,
  roomId: string,
  people: readonly EntryPerson[],
): Promise<{ left: ReadonlySet<string>; deletes: string[] }> {
  const left = new Set<string>()
  for (const { accountId } of people) {
    if ((await storage.read(chatKey.leaver(roomId, accountId))) !== undefined) left.add(accountId)
  }
  return { left, deletes: [...left].map((accountId) => chatKey.leaver(roomId, accountId)) }
}

async function applyOwnCommit(host: RoomHost, state: RoomState, before: MlsGroup, item: ChatItem): Promise<Applied> {
  const { pending } = state
  const mine = pending?.id === item.id && equalConstantTime(pending.commit, item.bytes)
  const after = pending && mine ? MlsGroup.decode(host.mls, pending.group) : undefined
  if (pending === undefined || after === undefined) return applyBroken(state, item)
  const done = withoutTasks(state, pending.fulfils)
  // Whoever was added has not heard what the room is called.
  const { kind, name } = state.record
  const told =
    pending.added.length === 0 ? done : withTasks(done, [newUtterance(host, { type: "roomInfo", kind, name })])
  const applied = await withCommit(host, told, item, host.self, before, after)
  return { ...applied, zeroize: () => before.zeroize() }
}

async function applyWelcome(host: RoomHost, state: RoomState, item: ChatItem): Promise<Applied> {
  const { roomId } = state.record
  const joined = await orUnreadable(
    MlsGroup.join(host.mls, roomId, item.epoch, item.bytes, (reference) => host.ownPackage(reference)),
  )
  if (joined === undefined) return applyBroken(state, item)
  const { group, used } = joined
  const { added, puts } = await membershipDiff(host.storage, [], claimsIn(group))
  const again = state.record.firstSeq > 0
  const entry = entryOf(item, claimedSender(group, item), { type: "joined", again, members: added })
  const firstSeq = again ? state.record.firstSeq : item.seq
  const deletes = (await host.isOneTime(used.reference)) ? [chatKey.keyPackage(used.reference)] : []
  return { ...withEntry({ ...state, group }, item, entry, { status: "active", firstSeq }), puts, deletes }
}
