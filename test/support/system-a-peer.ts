/** The original wire form of system A, spoken on node:crypto: no code shared with ours. */
import assert from "node:assert/strict"
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto"
import { connect } from "node:net"
import { utf8 } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { fernetKey } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { systemASignIn } from "@sourceprint/serve/client/system-a-sign-in.js"
import { listenSystemA } from "@sourceprint/serve/server/system-a/listen-system-a.js"
import { textInspector, touch } from "./auth-server.js"

export const keyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")
export const password = "a password"
export const secretHash = sha256("a secret")
export const verifier = sha256(sha256(password) + secretHash)
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/

const rawKey = Buffer.from(keyText, "base64url")
export function seal(plain: string): string {
  const iv = randomBytes(16)
  const head = Buffer.alloc(9)
  head[0] = 0x80
  head.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)), 1)
  const cipher = createCipheriv("aes-128-cbc", rawKey.subarray(16), iv)
  const body = Buffer.concat([head, iv, cipher.update(plain), cipher.final()])
  const mac = createHmac("sha256", rawKey.subarray(0, 16)).update(body).digest()
  const text = Buffer.concat([body, mac]).toString("base64").replaceAll("+", "-").replaceAll("/", "_")
  return text
}
export function unseal(token: string): Record<string, string> {
  const bytes = Buffer.from(token, "base64url")
  const decipher = createDecipheriv("aes-128-cbc", rawKey.subarray(16), bytes.subarray(9, 25))
  const plain = Buffer.concat([decipher.update(bytes.subarray(25, -32)), decipher.final()])
  return JSON.parse(plain.toString("utf8")) as Record<string, string>
}
/** Python: f"{len(token):<8}" */
export const framed = (token: string): string => String(token.length).padEnd(8, " ") + token

export async function served(work: (port: number) => Promise<void>): Promise<void> {
  const key = fernetKey(keyText)
  assert.ok(key)
  const own = { serverId: "server", scannerId: "unit-1", passwordHash: sha256(password), secretHash, key, keyText }
  const common = {
    crypto: webCrypto,
    clock: systemClock,
    log: silentLog,
    inspector: textInspector,
    checksScanner: true,
  }
  const server = await listenSystemA({ ...common, ...own, references: [utf8("the-finger")] }, "127.0.0.1", 0)
  try {
    await work(server.port)
  } finally {
    await server.stop()
  }
}

export const signedIn = (port: number, typed: string, image = touch("the-finger", "unit-1")) => {
  const key = fernetKey(keyText)
  assert.ok(key)
  const client = { crypto: webCrypto, clock: systemClock, key, keyText, serverId: "server", verifier }
  return systemASignIn(client, { host: "127.0.0.1", port }, { name: "ada", password: typed }, image)
}

/** One request of the original form. @returns the reply, undefined where the server closes without one */
export const ask = async (
  port: number,
  image: Uint8Array,
  timestamp: string,
): Promise<Record<string, string> | undefined> => {
  const base64 = Buffer.from(image).toString("base64")
  const Hsig = sha256(`adaserver${timestamp}${base64}b'${keyText}'`)
  const request = { client_id: "ada", server_id: "server", timestamp, image: base64, Hsig }
  const socket = connect(port, "127.0.0.1")
  socket.write(framed(seal(JSON.stringify(request))))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const all = Buffer.concat(chunks).toString("latin1")
  if (all === "") return undefined
  assert.match(all.slice(0, 8), /^\d+ +$/)
  assert.equal(Number(all.slice(0, 8)), all.length - 8)
  const reply = unseal(all.slice(8))
  assert.match(reply.timestamp, isoTime)
  assert.equal(reply.Hsig, Hsig)
  return reply
}
/** As Python's datetime.now().isoformat(). */
export const now = (): string => {
  const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000)
  return `${at.toISOString().slice(0, 19)}.000001`
}
