import { concat, fromUtf8, u64, utf8 } from "../../shared/bytes.js"
import { ByteReader } from "../byte-reader.js"
import { blob, choice, type Field, fixed, id, long, type UnionOf, union } from "./codec.js"
import { cleanFileName, cleanLine, cleanText } from "./plain-text.js"
import { RoomKind } from "./wire.js"

export const ContentLimit = {
  /** UTF-8 bytes of one text message. */
  textBytes: 32_768,
  /** UTF-8 bytes of a room's name. */
  roomNameBytes: 200,
  fileNameBytes: 255,
  /** The largest file: 2 GiB. */
  fileBytes: 2_147_483_648,
} as const

/** Text that is already what `clean` makes of it; anything else does not decode. */
const cleanField = (maxBytes: number, clean: (text: string) => string): Field<string> => {
  const bytes = blob(maxBytes)
  return {
    write(value) {
      if (clean(value) !== value) throw new RangeError("text that was not cleaned")
      return bytes.write(utf8(value))
    },
    read(reader) {
      const raw = bytes.read(reader)
      try {
        const text = fromUtf8(raw)
        reader.require(clean(text) === text)
        return text
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        reader.require(false)
        return ""
      }
    },
  }
}

/** A media type in its lower-case form without parameters, or empty. */
const isMediaType = (text: string): boolean =>
  text === "" || /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/.test(text)
const mediaType: Field<string> = {
  write(value) {
    if (!isMediaType(value)) throw new RangeError(`${value} is not a media type`)
    return blob(128).write(utf8(value))
  },
  read(reader) {
    const text = String.fromCharCode(...blob(128).read(reader))
    reader.require(isMediaType(text))
    return text
  },
}

const sizeBytes: Field<number> = {
  write: (value) => long.write(value),
  read(reader) {
    const value = reader.u64()
    reader.require(value <= ContentLimit.fileBytes)
    return value
  },
}

const roomName = cleanField(ContentLimit.roomNameBytes, cleanLine)

/** What members say inside the room, sealed by MLS; the server never sees a byte of it. */
export const contentVariants = {
  text: [1, { text: cleanField(ContentLimit.textBytes, cleanText) }],
  /** A file that lies sealed at the server (docs/protocol.md, Files). `mediaType` is empty where it is not known. */
  file: [
    2,
    {
      fileId: id,
      key: fixed(32),
      sizeBytes,
      sha256: fixed(32),
      name: cleanField(ContentLimit.fileNameBytes, cleanFileName),
      mediaType,
    },
  ],
  /** After a room was made, renamed, or somebody was added. */
  roomInfo: [3, { kind: choice(RoomKind), name: roomName }],
  /** The sender's account leaves with all its clients; a member removes them. */
  leave: [4, {}],
  /** The sender has compared safety numbers with that account: SHA-256 of the number. */
  safety: [5, { accountId: id, numberSha256: fixed(32) }],
} as const
export const chatContent = union(contentVariants)
export type ChatContent = UnionOf<typeof contentVariants>
export type FileContent = Extract<ChatContent, { type: "file" }>

/** The plaintext of a room's message: `sentAt u64 (the sender's clock) ‖ content`. */
export interface Utterance {
  readonly sentAtMs: number
  readonly content: ChatContent
}

export const encodeUtterance = ({ sentAtMs, content }: Utterance): Uint8Array =>
  concat([u64(sentAtMs), chatContent.encode(content)])

/** Undefined for anything that no client of ours would say. */
export function decodeUtterance(bytes: Uint8Array): Utterance | undefined {
  const head = new ByteReader(bytes.subarray(0, 8))
  const sentAtMs = head.u64()
  const content = chatContent.decode(bytes.subarray(8))
  return content && head.finish({ sentAtMs, content })
}
