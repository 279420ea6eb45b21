/** The original wire form of system A, spoken by peers that share no code with ours: one in this file on
 *  node:crypto, one in Python on the library that system A used. Facts: the length is decimal digits, left-justified
 *  and padded with spaces to 8 bytes, both ways; times are isoformat() without zone; the hashed text ends with the
 *  key as Python prints bytes; the reply has the stored secret hash, which the client checks; the finger is judged
 *  before the scanner. */
import assert from "node:assert/strict"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { promisify } from "node:util"
import { touch } from "../../support/auth-server.js"
import { peerScript, python, withoutPython } from "../../support/python-peers.js"
import {
  ask,
  framed,
  isoTime,
  keyText,
  now,
  password,
  seal,
  secretHash,
  served,
  sha256,
  signedIn,
  unseal,
  verifier,
} from "../../support/system-a-peer.js"

const peer = peerScript("system_a.py")

test("a bare client of the original form is answered in its bytes; finger before scanner", async () => {
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
