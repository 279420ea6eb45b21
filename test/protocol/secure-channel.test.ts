import assert from "node:assert/strict"
import { test } from "node:test"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { acceptHello } from "@sourceprint/protocol/handshake.js"
import { hello as helloChannel, verifyServerHello } from "@sourceprint/protocol/hello.js"
import { handshakeKeys } from "@sourceprint/protocol/key-schedule.js"
import { SecureChannel } from "@sourceprint/protocol/secure-channel.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

const filled = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value)
const pair = async () => {
  const keys = await handshakeKeys(webCrypto, filled(1), filled(2))
  return {
    client: await SecureChannel.create(webCrypto, keys, "client"),
    server: await SecureChannel.create(webCrypto, keys, "server"),
  }
}

test("the key schedule is the documented one", async () => {
  // HKDF-SHA-256(ikm = 01 × 32, salt = 02 × 32, info = "sourceprint/1 handshake"), by hand through HMAC (RFC 5869).
  const prk = await webCrypto.hmacSha256(filled(2), filled(1))
  const info = utf8("sourceprint/1 handshake")
  const t1 = await webCrypto.hmacSha256(prk, Uint8Array.of(...info, 1))
  const t2 = await webCrypto.hmacSha256(prk, Uint8Array.of(...t1, ...info, 2))
  const t3 = await webCrypto.hmacSha256(prk, Uint8Array.of(...t2, ...info, 3))
  const keys = await handshakeKeys(webCrypto, filled(1), filled(2))
  assert.equal(toHex(keys.clientToServer.key), toHex(t1))
  assert.equal(toHex(keys.serverToClient.key), toHex(t2))
  assert.equal(toHex(keys.clientToServer.iv), toHex(t3.slice(0, 12)))
  assert.equal(toHex(keys.serverToClient.iv), toHex(t3.slice(12, 24)))
})

test("records open once, in order, at the other end only", async () => {
  const { client, server } = await pair()
  const first = await client.seal(utf8("one"))
  const second = await client.seal(utf8("one"))
  assert.notDeepEqual(first, second)
  assert.deepEqual(await server.open(first), utf8("one"))
  assert.deepEqual(await server.open(second), utf8("one"))

  const replayed = await pair()
  const record = await replayed.client.seal(utf8("x"))
  assert.ok(await replayed.server.open(record))
  assert.equal(await replayed.server.open(record), undefined)

  const dropped = await pair()
  await dropped.client.seal(utf8("x"))
  assert.equal(await dropped.server.open(await dropped.client.seal(utf8("y"))), undefined)

  const reflected = await pair()
  assert.equal(await reflected.client.open(await reflected.client.seal(utf8("x"))), undefined)
})

test("every flipped bit and every cut of a record is refused", async () => {
  const { client } = await pair()
  const record = await client.seal(utf8("message"))
  for (let bit = 0; bit < record.length * 8; bit++) {
    const { server } = await pair()
    const flipped = record.with(bit >> 3, record[bit >> 3] ^ (1 << (bit & 7)))
    assert.equal(await server.open(flipped), undefined)
  }
  for (let cut = 0; cut < record.length; cut++) {
    const { server } = await pair()
    assert.equal(await server.open(record.subarray(0, cut)), undefined)
  }
})

const helloOf = (ephemeral: Uint8Array): Uint8Array =>
  helloChannel.toServer.encode({ type: "clientHello", version: 1, suite: 1, random: filled(3), ephemeral })

test("a hello is answered by a signature over both; anything malformed by nothing", async () => {
  const identity = await webCrypto.signer(filled(9))
  const ephemeral = await webCrypto.keyAgreement()
  const hello = helloOf(ephemeral.publicKey)
  assert.equal(hello.length, 67)
  const accepted = await acceptHello(webCrypto, identity, hello)
  assert.ok(accepted)
  assert.equal(accepted.serverHello.length, 163)
  assert.equal(await verifyServerHello(webCrypto, hello, accepted.serverHello), true)
  for (let i = 0; i < accepted.serverHello.length; i++) {
    const changed = accepted.serverHello.with(i, accepted.serverHello[i] ^ 1)
    assert.equal(await verifyServerHello(webCrypto, hello, changed), false)
  }
  assert.equal(await verifyServerHello(webCrypto, hello.with(5, 0), accepted.serverHello), false)
  for (let i = 0; i < 3; i++) assert.equal(helloChannel.toServer.decode(hello.with(i, 0x7f)), undefined)
  const smallOrder = helloOf(filled(0))
  assert.equal(await acceptHello(webCrypto, identity, smallOrder), undefined)
})
