import { concat, fromUtf8, u64, utf8 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "../byte-reader.js"
import { decodeFileDescriptor, encodeFileDescriptor, type FileDescriptor } from "../files/file-descriptor.js"
import { blob, choice, type Field, fixed, id, type UnionOf, union } from "./codec.js"
import { cleanLine, cleanText } from "./plain-text.js"
import { RoomKind } from "./wire.js"

export const ContentLimit = {
  /** UTF-8 bytes of one text message. */
  textBytes: 32_768,
  /** UTF-8 bytes of a room's name. */
  roomNameBytes: 200,
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

const descriptorBytes = blob(1_024)
const noFile: FileDescriptor = {
  fileId: new Uint8Array(16),
  key: new Uint8Array(32),
  sha256: new Uint8Array(32),
  name: "",
  type: "",
  sizeBytes: 0,
}
const fileDescriptor: Field<FileDescriptor> = {
  write: (value) => descriptorBytes.write(encodeFileDescriptor(value)),
  read(reader) {
    const file = decodeFileDescriptor(descriptorBytes.read(reader))
    reader.require(file !== undefined)
    return file ?? noFile
  },
}

/** What members say inside the room, sealed by MLS; the server never sees a byte of it. */
export const contentVariants = {
  text: [1, { text: cleanField(ContentLimit.textBytes, cleanText) }],
  /** A file that lies sealed at the server (docs/protocol.md, Files). */
  file: [2, { file: fileDescriptor }],
  /** After a room was made, renamed, or somebody was added. A direct conversation has an empty name. */
  roomInfo: [3, { kind: choice(RoomKind), name: cleanField(ContentLimit.roomNameBytes, cleanLine) }],
  /** The sender's account leaves with all its clients; a member removes them. */
  leave: [4, {}],
  /** The sender has compared safety numbers with that account: SHA-256 of the number. */
  safety: [5, { accountId: id, numberSha256: fixed(32) }],
} as const
const chatContent = union(contentVariants)
export type ChatContent = UnionOf<typeof contentVariants>

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
