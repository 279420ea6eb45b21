import { readFile } from "node:fs/promises"
import { concat, fromUtf8, u32, utf8 } from "@sourceprint/core/bytes.js"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { parseJson } from "@sourceprint/core/files/read-json.js"
import { z } from "zod"

/** A named list of arrays and a plain JSON value, in one file:
 *  "SPCK", u32 length of the header, header (UTF-8 JSON), float32 data little-endian, SHA-256 of all before it. */
export interface Checkpoint {
  readonly state: unknown
  readonly arrays: Readonly<Record<string, readonly Float32Array[]>>
}

const MAGIC = utf8("SPCK")
const HASH_BYTES = 32
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const bytesOf = (array: Float32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

export function encodeCheckpoint({ state, arrays }: Checkpoint): Uint8Array {
  if (Object.hasOwn(arrays, "__proto__")) throw new RangeError("no array is called __proto__")
  if (!littleEndian) throw new AppError("checkpoint/host", "checkpoints need a little-endian machine")
  const lengths = Object.fromEntries(
    Object.entries(arrays).map(([name, list]) => [name, list.map((array) => array.length)]),
  )
  const header = utf8(JSON.stringify({ state, lengths }))
  const data = Object.values(arrays).flatMap((list) => list.map(bytesOf))
  const body = concat([MAGIC, u32(header.length), header, ...data])
  return concat([body, Buffer.from(sha256Hex(body), "hex")])
}

const Header = z.object({ state: z.unknown(), lengths: z.record(z.string(), z.array(z.int())) })

/** @throws AppError "checkpoint/damaged" for anything that `encodeCheckpoint` did not write in full */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  const damaged = (what: string): AppError =>
    new AppError("checkpoint/damaged", `${name} ${what}; delete it and the job starts from its beginning`)
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES))
  if (body.length < 8 || MAGIC.some((byte, i) => body[i] !== byte)) throw damaged("is not a checkpoint")
  if (sha256Hex(body) !== Buffer.from(bytes.subarray(body.length)).toString("hex")) {
    throw damaged("does not match its checksum")
  }
  const headerEnd = 8 + new DataView(body.buffer, body.byteOffset).getUint32(4)
  const { state, lengths } = parseJson(fromUtf8(body.subarray(8, headerEnd)), Header, name, {
    code: "checkpoint/damaged",
    cure: "delete it and the job starts from its beginning",
  })
  let offset = headerEnd
  const take = (length: number): Float32Array => {
    const copy = Uint8Array.from(body.subarray(offset, offset + 4 * length)) // own buffer: aligned, never a pool's
    offset += 4 * length
    return new Float32Array(copy.buffer)
  }
  const arrays = Object.fromEntries(Object.entries(lengths).map(([key, list]) => [key, list.map(take)]))
  if (offset !== body.length) throw damaged("has another length than its header says")
  return { state, arrays }
}

export const writeCheckpoint = (path: string, checkpoint: Checkpoint): Promise<void> =>
  writeFileAtomic(path, encodeCheckpoint(checkpoint))

/** The checkpoint at `path`, or undefined where there is none. @throws AppError "checkpoint/damaged" */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw new AppError("checkpoint/read", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  return decodeCheckpoint(bytes, path)
}
