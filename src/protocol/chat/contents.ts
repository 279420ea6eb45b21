import {
  blob32,
  choice,
  type Field,
  fixed,
  id,
  nested,
  struct,
  text,
  type UnionOf,
  u64,
  union,
  type Values,
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
} as const

/** Text that is already what `clean` makes of it. */
const cleaned = (maxBytes: number, clean: (text: string) => string): Field<string> =>
  where(text(blob32(maxBytes)), (read) => clean(read) === read, "cleaned text")

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

const knownCodes: ReadonlySet<number> = new Set(Object.values(contentVariants).map(([code]) => code))

/** True for the plaintext of an utterance whose content has a code that only newer versions know (1–255). */
export function isOfNewerVersion(plain: Uint8Array): boolean {
  const code = plain[8] ?? 0 // after sentAtMs
  return code !== 0 && !knownCodes.has(code)
}
