import { createPublicKey, verify } from "node:crypto"
import { concat, fromHex, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"

/** A head of the audit log as the server signed it: kept where the store's administrator cannot change it, it shows
 *  that nothing before it was cut, replaced or set back. */
export interface AuditCheckpoint {
  readonly seq: number
  /** Of entry `seq`. */
  readonly hash: string
  readonly atMs: number
}

const Line = z.strictObject({
  time: z.iso.datetime(),
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
})

const ED25519_SPKI = fromHex("302a300506032b6570032100") // RFC 8410: what stands before the 32 bytes of the key

const signedBytes = ({ seq, hash, atMs }: AuditCheckpoint): Uint8Array =>
  utf8(`sourceprint audit checkpoint 1\n${seq}\n${hash}\n${atMs}`)

/** One line of JSON. @param sign Ed25519 under the server's identity */
export async function checkpointLine(
  checkpoint: AuditCheckpoint,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  const { seq, hash, atMs } = checkpoint
  const signature = toHex(await sign(signedBytes(checkpoint)))
  return JSON.stringify({ time: new Date(atMs).toISOString(), seq, hash, signature })
}

/** The checkpoints in a text: a line of JSON each, with whatever a log daemon put before it.
 *  @throws AppError "audit/checkpoint" for a line that this identity has not signed, and where there is none */
export function readCheckpoints(text: string, identity: Uint8Array): AuditCheckpoint[] {
  const key = createPublicKey({ key: Buffer.from(concat([ED25519_SPKI, identity])), format: "der", type: "spki" })
  const lines = text.split("\n").flatMap((line, i) => {
    const begin = line.indexOf("{")
    return begin < 0 ? [] : [{ number: i + 1, json: line.slice(begin) }]
  })
  if (lines.length === 0) throw new AppError("audit/checkpoint", "there is no checkpoint in the file")
  return lines.map(({ number, json }) => {
    const parsed = Line.safeParse(jsonOf(json))
    if (!parsed.success) throw new AppError("audit/checkpoint", `line ${number} is not a checkpoint`)
    const { time, seq, hash, signature } = parsed.data
    const checkpoint = { seq, hash, atMs: Date.parse(time) }
    if (!verify(null, signedBytes(checkpoint), key, fromHex(signature))) {
      const why = "it was changed, or belongs to another store"
      throw new AppError("audit/checkpoint", `line ${number} is not signed by this server's identity: ${why}`)
    }
    return checkpoint
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
