import { utf8 } from "@sourceprint/core/bytes.js"
import {
  blob32,
  choice,
  type Field,
  fixed,
  flag,
  id,
  nested,
  struct,
  text,
  type UnionOf,
  u64,
  union,
  type Values,
  type Variants,
  where,
  whole,
} from "../codec.js"
import { fileDescriptor } from "../files/file-descriptor.js"
import { cleanLine, cleanText } from "./plain-text.js"
import { RoomKind } from "./wire.js"

export const ContentLimit = {
  /** UTF-8 bytes of one text message. */
  textBytes: 32_768,
  /** UTF-8 bytes of a room's name. */
  roomNameBytes: 200,
  /** UTF-8 bytes of a reaction. */
  emojiBytes: 64,
} as const

/** Text that is already what `clean` makes of it. */
const cleaned = (maxBytes: number, clean: (text: string) => string): Field<string> =>
  where(text(blob32(maxBytes)), (read) => clean(read) === read, "cleaned text")

const part = "\\p{Extended_Pictographic}\\ufe0f?\\p{Emoji_Modifier}?"
/** A flag, a keycap, or pictures that joiners make one (the shape of UTS #51, ED-9 to ED-16). */
const oneEmoji = new RegExp(`^(?:\\p{Regional_Indicator}{2}|[0-9#*]\\ufe0f?\\u20e3|${part}(?:\\u200d${part})*)$`, "u")

/** One emoji, of which joiners may make one out of several. */
export const isEmoji = (sign: string): boolean => utf8(sign).length <= ContentLimit.emojiBytes && oneEmoji.test(sign)

const aboutActions = {
  /** Says something in answer to it. */
  reply: [1, { text: cleaned(ContentLimit.textBytes, cleanText) }],
  /** What its author wants it to say instead. */
  edit: [2, { text: cleaned(ContentLimit.textBytes, cleanText) }],
  /** Its author takes it back. */
  delete: [3, {}],
  /** The sender's account puts this emoji beside it, or takes it away again. */
  reaction: [4, { emoji: where(text(blob32(ContentLimit.emojiBytes)), isEmoji, "one emoji"), on: flag }],
} as const
export type AboutAction = UnionOf<typeof aboutActions>

/** What members say inside the room, sealed by MLS; the server never sees a byte of it. */
export const contentVariants = {
  text: [1, { text: cleaned(ContentLimit.textBytes, cleanText) }],
  /** A file that lies sealed at the server (docs/protocol.md, Files). */
  file: [2, { file: nested(fileDescriptor.field, 1_024) }],
  /** After a room was made, renamed, or somebody was added. A direct conversation has an empty name. */
  roomInfo: [3, { kind: choice(RoomKind), name: cleaned(ContentLimit.roomNameBytes, cleanLine) }],
  /** The sender's account leaves with all its clients; a member removes them. */
  leave: [4, {}],
  /** The sender has compared safety numbers with that account: SHA-256 of the number. */
  safety: [5, { accountId: id, numberSha256: fixed(32) }],
  /** Of an earlier message of the room. What a receiver makes of it: room/apply-about.ts. */
  about: [6, { messageId: id, action: union(aboutActions) }],
} as const
export type ChatContent = UnionOf<typeof contentVariants>

/** The plaintext of a room's message. */
const utteranceFields = {
  /** By the sender's clock. */
  sentAtMs: u64,
  content: union(contentVariants),
} as const
export type Utterance = Values<typeof utteranceFields>
/** Reads nothing that no client of ours would say. */
export const utterance = whole(struct(utteranceFields))

const codesOf = (variants: Variants): ReadonlySet<number> => new Set(Object.values(variants).map(([code]) => code))
const knownCodes = codesOf(contentVariants)
const knownActions = codesOf(aboutActions)

/** True for the plaintext of an utterance whose content, or its action, has a code that only newer versions know
 *  (1–255). */
export function isOfNewerVersion(plain: Uint8Array): boolean {
  const isNew = (code: number, known: ReadonlySet<number>): boolean => code !== 0 && !known.has(code)
  const code = plain[8] ?? 0 // after sentAtMs
  return code === contentVariants.about[0] ? isNew(plain[25] ?? 0, knownActions) : isNew(code, knownCodes)
}
