/** The original wire form of system A, spoken by peers that share no code with ours: one in this file on
 *  node:crypto, one in Python on the library that system A used. Facts: the length is decimal digits, left-justified
 *  and padded with spaces to 8 bytes, both ways; times are isoformat() without zone; the hashed text ends with the
 *  key as Python prints bytes; the reply has the stored secret hash, which the client checks; the finger is judged
 *  before the scanner. */
import assert from "node:assert/strict"
import { execFile, spawn } from "node:child_process"
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto"
import { once } from "node:events"
import { type AddressInfo, connect, createServer } from "node:net"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { promisify } from "node:util"
import { utf8 } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { fernetKey } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { systemASignIn } from "@sourceprint/serve/client/system-a-sign-in.js"
import { listenSystemA } from "@sourceprint/serve/server/system-a/listen-system-a.js"
import { textInspector, touch } from "../../support/auth-server.js"
import { peerScript, python, withoutPython } from "../../support/python-peers.js"

const keyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")
const password = "a password"
const secretHash = sha256("a secret")
const verifier = sha256(sha256(password) + secretHash)
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/

const peer = peerScript("system_a.py")

const rawKey = Buffer.from(keyText, "base64url")
function seal(plain: string): string {
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
function unseal(token: string): Record<string, string> {
  const bytes = Buffer.from(token, "base64url")
  const decipher = createDecipheriv("aes-128-cbc", rawKey.subarray(16), bytes.subarray(9, 25))
  const plain = Buffer.concat([decipher.update(bytes.subarray(25, -32)), decipher.final()])
  return JSON.parse(plain.toString("utf8")) as Record<string, string>
}
/** Python: f"{len(token):<8}" */
const framed = (token: string): string => String(token.length).padEnd(8, " ") + token

async function served(work: (port: number) => Promise<void>): Promise<void> {
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

const signedIn = (port: number, typed: string, image = touch("the-finger", "unit-1")) => {
  const key = fernetKey(keyText)
  assert.ok(key)
  const client = { crypto: webCrypto, clock: systemClock, key, keyText, serverId: "server", verifier }
  return systemASignIn(client, { host: "127.0.0.1", port }, { name: "ada", password: typed }, image)
}

test("a bare client of the original form is answered in its bytes; finger before scanner", async () => {
  const ask = async (
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
  const now = (): string => {
    const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000)
    return `${at.toISOString().slice(0, 19)}.000001`
  }
  await served(async (port) => {
    assert.equal((await ask(port, touch("the-finger", "unit-1"), now()))?.Hs, secretHash)
    assert.equal((await ask(port, touch("the-finger", "unit-1"), now().slice(0, 19)))?.Hs, secretHash)
    assert.equal((await ask(port, touch("the-finger", "unit-2"), now()))?.label, "0")
    assert.equal((await ask(port, touch("another", "unit-1"), now()))?.label, "-1")
    assert.equal((await ask(port, touch("another", "unit-2"), now()))?.label, "-1")
    assert.equal(await ask(port, touch("the-finger", "unit-1"), now().replace("T", " ")), undefined)
  })
})

test("our client at a bare server of the original form sends its bytes and checks the password itself", async () => {
  const reply: { Hs?: string; label?: string } = { Hs: secretHash }
  const seen: Record<string, string>[] = []
  const server = createServer((socket) => {
    let all = ""
    socket.on("data", (chunk) => {
      all += chunk.toString("latin1")
      if (all.length < 8 || all.length < 8 + Number(all.slice(0, 8))) return
      assert.match(all.slice(0, 8), /^\d+ +$/)
      const request = unseal(all.slice(8))
      seen.push(request)
      const { client_id, server_id, Hsig } = request
      socket.end(
        framed(seal(JSON.stringify({ client_id, server_id, timestamp: "2026-11-30T16:44:14", ...reply, Hsig }))),
      )
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  assert.equal((await signedIn(port, password)).outcome, "passed")
  assert.equal((await signedIn(port, "another password")).outcome, "password")
  for (const [label, note] of [
    ["0", "wrong scanner"],
    ["-1", "wrong finger"],
  ]) {
    delete reply.Hs
    reply.label = label
    assert.deepEqual(await signedIn(port, password), { outcome: "refused", note })
  }
  for (const { client_id, server_id, timestamp, image, Hsig } of seen) {
    assert.match(timestamp, isoTime)
    assert.equal(Hsig, sha256(`${client_id}${server_id}${timestamp}${image}b'${keyText}'`))
  }
  server.close()
})

test("our client and our server understand each other in the original form", () =>
  served(async (port) => {
    assert.equal((await signedIn(port, password)).outcome, "passed")
    assert.equal((await signedIn(port, "wrong")).outcome, "password")
    assert.equal((await signedIn(port, password, touch("another", "unit-1"))).note, "wrong finger")
  }))

test("Python's own library, as client and as server (Fernet both ways)", { skip: withoutPython }, async () => {
  const image = Buffer.from(touch("the-finger", "unit-1")).toString("base64")
  await served(async (port) => {
    const { stdout } = await promisify(execFile)(python, [
      peer,
      "client",
      String(port),
      keyText,
      password,
      verifier,
      image,
    ])
    assert.equal(stdout.trim(), "passed")
  })
  const server = spawn(python, [peer, "server", keyText, secretHash], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(server, "exit")
  try {
    const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string]
    assert.equal((await signedIn(Number(line), password)).outcome, "passed")
    await ended
  } finally {
    server.kill()
  }
})
