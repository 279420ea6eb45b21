import {
  blob32,
  choice,
  fixed,
  flag,
  id,
  list,
  nested,
  str8,
  struct,
  text,
  type UnionOf,
  u64,
  union,
  type Values,
  whole,
} from "../../codec.js"
import { ChatLimit } from "../chat-limits.js"
import { ContentLimit, contentVariants } from "../contents.js"
import { RoomKind } from "../wire.js"

/** Where a client keeps what; docs/protocol.md, Chat. */
export const chatKey = {
  identity: "identity",
  room: (roomId: string) => `room/${roomId}`,
  rooms: "room/",
  group: (roomId: string) => `group/${roomId}`,
  pending: (roomId: string) => `pending/${roomId}`,
  tasks: (roomId: string) => `task/${roomId}/`,
  task: (roomId: string, order: number) => `task/${roomId}/${ordered(order)}`,
  messages: (roomId: string) => `message/${roomId}/`,
  message: (roomId: string, seq: number) => `message/${roomId}/${ordered(seq)}`,
  marksOf: (roomId: string) => `marks/${roomId}/`,
  marks: (roomId: string, seq: number) => `marks/${roomId}/${ordered(seq)}`,
  places: (roomId: string) => `place/${roomId}/`,
  /** The seq of what was said under an id. */
  place: (roomId: string, messageId: string) => `place/${roomId}/${messageId}`,
  /** There where all that was said has its place: earlier versions kept none. */
  placed: "placed",
  packages: "package/",
  keyPackage: (reference: string) => `package/${reference}`,
  leavers: (roomId: string) => `leaver/${roomId}/`,
  /** Empty: the account has said that it leaves, and no commit has removed it yet. */
  leaver: (roomId: string, accountId: string) => `leaver/${roomId}/${accountId}`,
  known: (accountId: string) => `known/${accountId}`,
  compared: (accountId: string) => `compared/${accountId}`,
} as const

/** Fixed width, so that keys sort as numbers do. */
const ordered = (value: number): string => value.toString(16).padStart(14, "0")

/** `joining`: known from the server's list, its welcome has not been read. `lost`: its group state is gone or broken;
 *  waits to be added again. `removed` and `left`: only the history remains. */
export const RoomStatus = { active: 1, joining: 2, lost: 3, removed: 4, left: 5 } as const
export type RoomStatus = keyof typeof RoomStatus

const roomFields = {
  roomId: id,
  kind: choice(RoomKind),
  /** Empty until a member has told it. */
  name: str8,
  status: choice(RoomStatus),
  /** The seq of the last item that was applied. */
  cursor: u64,
  /** The seq of the first item on this device. */
  firstSeq: u64,
  readSeq: u64,
  unread: u64,
  /** The order of the next task. */
  nextOrder: u64,
} as const
export type RoomRecord = Values<typeof roomFields>
export const roomRecord = whole(struct(roomFields))

/** What the person (or this client of itself) wants of a room and has not got yet, in the order it was asked for. */
const taskVariants = {
  create: [1, { kind: choice(RoomKind) }],
  addAccount: [2, { name: str8 }],
  addClient: [3, { name: str8, clientId: id }],
  removeAccount: [4, { accountId: id }],
  removeClient: [5, { clientId: id }],
  /** An utterance; `sealed` is empty until it was sealed in `epoch`. */
  send: [6, { id, plain: blob32(ChatLimit.messageBytes), epoch: u64, sealed: blob32(ChatLimit.messageBytes) }],
  leave: [7, {}],
} as const
export const roomTask = whole(union(taskVariants))
export type RoomTask = UnionOf<typeof taskVariants>

/** A commit that was made and not yet seen in the room's order. */
export const pendingCommit = whole(
  struct({
    id,
    epoch: u64,
    commit: blob32(ChatLimit.commitBytes),
    welcome: blob32(ChatLimit.welcomeBytes),
    added: list(id, ChatLimit.membersPerRoom),
    removed: list(id, ChatLimit.membersPerRoom),
    /** Orders of the tasks that it fulfils. */
    fulfils: list(u64, 0xffff),
    /** The MLS state after it. */
    group: blob32(1_048_576),
  }),
)
export type PendingCommit = NonNullable<ReturnType<typeof pendingCommit.decode>>

const personFields = {
  accountId: id,
  name: str8,
  clientId: id,
  /** The account had, or still has, another client in the room: a device came or went, not a person. */
  device: flag,
  /** This device knew the account, but not this key. */
  newKey: flag,
} as const
export type EntryPerson = Values<typeof personFields>
const people = list(struct(personFields), ChatLimit.membersPerRoom)

const bodyVariants = {
  ...contentVariants,
  /** A commit was applied. */
  members: [32, { added: people, removed: people }],
  /** This client was added, or added again after it had lost the room: earlier items may be missing. */
  joined: [33, { again: flag, members: people }],
  /** This client was removed. */
  removed: [34, {}],
  /** An item that did not verify: damaged, forged or replayed. */
  unreadable: [35, {}],
  /** A `roomInfo` that told nothing new, or what changed another entry: not shown. */
  quiet: [36, {}],
  /** A member verifiably said something of a kind that this version does not know. */
  newer: [37, {}],
  /** Its author has deleted what was said. */
  deleted: [38, {}],
} as const
export type EntryBody = UnionOf<typeof bodyVariants>

const entryFields = {
  seq: u64,
  id,
  /** Verified by MLS, except for `unreadable` and `joined`: there it is what the server says. */
  sender: struct({ accountId: id, name: str8, clientId: id }),
  /** When the server took it. */
  timeMs: u64,
  /** By the sender's clock; 0 where there is none. */
  sentAtMs: u64,
  body: nested(union(bodyVariants), ChatLimit.messageBytes),
} as const
/** One item of a room as this device keeps it. */
export interface ChatEntry extends Values<typeof entryFields> {
  /** What lies beside it, where there is any. */
  readonly marks?: MessageMarks
  /** Of a reply: the message that it answers as it is now, where this device has that. */
  readonly quoted?: ChatEntry
}
export const chatEntry = whole(struct(entryFields))

export const MarkLimit = {
  /** Different emoji of one account at one message. */
  reactionsPerAccount: 8,
  /** At one message. */
  reactions: 1_024,
} as const

/** What was made of a message after it was said. */
export const messageMarks = whole(
  struct({
    edited: flag,
    /** In the order in which they came. */
    reactions: list(
      struct({ emoji: text(blob32(ContentLimit.emojiBytes)), accountId: id, name: str8 }),
      MarkLimit.reactions,
    ),
  }),
)
export type MessageMarks = NonNullable<ReturnType<typeof messageMarks.decode>>

export const placeRecord = whole(struct({ seq: u64 }))

/** What the entry says in words; undefined where it says none. */
export function saidText({ body }: Pick<ChatEntry, "body">): string | undefined {
  if (body.type === "text") return body.text
  return body.type === "about" && body.action.type === "reply" ? body.action.text : undefined
}

/** A person said it, and has not deleted it: a text, a reply or a file. */
export const isSaid = (entry: Pick<ChatEntry, "body">): boolean =>
  entry.body.type === "file" || saidText(entry) !== undefined

/** Said by somebody other than this account: it counts as unread until it was seen. */
export const countsAsUnread = (entry: Pick<ChatEntry, "sender" | "body">, selfId: string): boolean =>
  entry.sender.accountId !== selfId && isSaid(entry)

/** This installation. */
export const identityRecord = whole(
  struct({
    clientId: id,
    publicKey: fixed(32),
    signKey: blob32(256),
    accountId: id,
    name: str8,
    certificate: blob32(ChatLimit.certificateBytes),
  }),
)
export type IdentityRecord = NonNullable<ReturnType<typeof identityRecord.decode>>

/** Signature keys that were seen of an account, the newest last. */
export const knownKeys = whole(list(fixed(32), 64))
