import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { concat, fromHex, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"

interface MasterKey {
  readonly id: string
  readonly key: Uint8Array // 32 bytes
}

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const WRAPPED_BYTES = NONCE_BYTES + 32 + TAG_BYTES

function gcmSeal(key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad)
  return concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function gcmOpen(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES)).setAAD(aad)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  return concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()])
}

/** Seals what is biometric or secret before it reaches a database. Each record has its own AES-256-GCM key, which a
 *  master key wraps: rotation wraps record keys again and leaves the records alone, deletion takes the only copy of the
 *  record's key. sealed = version u8 ‖ id length u8 ‖ master key id ‖ wrapped record key 60 ‖ nonce 12 ‖ ciphertext ‖
 *  tag 16 */
export class KeyRing {
  private readonly sealing: MasterKey

  /** @param keys the first seals; the others only open */
  constructor(private readonly keys: readonly MasterKey[]) {
    this.sealing = defined(keys[0], "master key")
  }

  static random(): KeyRing {
    return new KeyRing([newMasterKey()])
  }

  /** @param label what the record is and whose ("template/<id>"); it opens under this label alone */
  seal(plain: Uint8Array, label: string): Uint8Array {
    const { id, key } = this.sealing
    const recordKey = randomBytes(32)
    const head = concat([Uint8Array.of(VERSION, id.length), utf8(id)])
    return concat([head, gcmSeal(key, recordKey, utf8(label)), gcmSeal(recordKey, plain, utf8(label))])
  }

  /** @throws AppError "keys/unknown" when the master key is not in the ring, "keys/corrupt" when the record was
   *  changed */
  open(sealed: Uint8Array, label: string): Uint8Array {
    const { recordKey, body } = this.unwrap(sealed, label)
    return guarded(label, () => gcmOpen(recordKey, body, utf8(label)))
  }

  /** The same record under the ring's first key; undefined when it is already. */
  rewrap(sealed: Uint8Array, label: string): Uint8Array | undefined {
    const { id, key } = this.sealing
    const { recordKey, body, keyId } = this.unwrap(sealed, label)
    if (keyId === id) return undefined
    const head = concat([Uint8Array.of(VERSION, id.length), utf8(id)])
    return concat([head, gcmSeal(key, recordKey, utf8(label)), body])
  }

  /** HMAC-SHA-256 under a secret of the caller's, for what must be found but not read. */
  static keyedHash(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
    return new Uint8Array(createHmac("sha256", secret).update(bytes).digest())
  }

  private unwrap(sealed: Uint8Array, label: string) {
    const idEnd = 2 + (sealed[1] ?? 0)
    if (sealed[0] !== VERSION || sealed.length < idEnd + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES) {
      throw corrupt(label)
    }
    const keyId = new TextDecoder().decode(sealed.subarray(2, idEnd))
    const master = this.keys.find((candidate) => candidate.id === keyId)
    if (master === undefined) {
      throw new AppError("keys/unknown", `${label} is sealed under key ${keyId}, which is not in the key file`)
    }
    const wrapped = sealed.subarray(idEnd, idEnd + WRAPPED_BYTES)
    const recordKey = guarded(label, () => gcmOpen(master.key, wrapped, utf8(label)))
    return { keyId, recordKey, body: sealed.subarray(idEnd + WRAPPED_BYTES) }
  }

  /** A ring whose first key is new and whose others are these. */
  withNewKey(): KeyRing {
    return new KeyRing([newMasterKey(), ...this.keys])
  }

  /** A ring of the first key alone. */
  withoutOldKeys(): KeyRing {
    return new KeyRing(this.keys.slice(0, 1))
  }

  get size(): number {
    return this.keys.length
  }

  /** The key file: one `<id> <64 hex digits>` a line, the sealing key first. */
  get text(): string {
    return this.keys.map(({ id, key }) => `${id} ${toHex(key)}\n`).join("")
  }
}

const corrupt = (label: string, cause?: unknown): AppError =>
  new AppError("keys/corrupt", `${label} does not open: it was changed, or is another record's`, { cause })

function guarded(label: string, open: () => Uint8Array): Uint8Array {
  try {
    return open()
  } catch (cause) {
    throw corrupt(label, cause)
  }
}

const newMasterKey = (): MasterKey => ({ id: randomBytes(4).toString("hex"), key: randomBytes(32) })

/** @throws AppError "keys/format"; the text itself is never part of the message */
export function parseKeyRing(text: string, source: string): KeyRing {
  const lines = text.split(/[\n,]/).filter((line) => line.trim() !== "")
  const keys = lines.map((line) => {
    const [, id, hex] = /^\s*([a-z0-9-]{1,32})\s+([0-9a-f]{64})\s*$/i.exec(line) ?? []
    if (id === undefined || hex === undefined) {
      throw new AppError(
        "keys/format",
        `${source}: a line is "<id> <64 hex digits>"; make one by: sourceprint keys create`,
      )
    }
    return { id, key: fromHex(hex) }
  })
  if (keys.length === 0) throw new AppError("keys/format", `${source} holds no key`)
  return new KeyRing(keys)
}

/** Readable by the owner alone. */
export async function writeKeyFile(path: string, ring: KeyRing): Promise<void> {
  const before = process.umask(0o077)
  try {
    await writeFileAtomic(path, ring.text)
  } finally {
    process.umask(before)
  }
}

/** @throws AppError "keys/missing", "keys/format" */
export async function readKeyFile(path: string): Promise<KeyRing> {
  let text: string
  try {
    text = await readFile(path, "utf8")
  } catch (cause) {
    throw new AppError("keys/missing", `cannot read the key file ${path}; make one by: sourceprint keys create`, {
      cause,
    })
  }
  return parseKeyRing(text, path)
}
