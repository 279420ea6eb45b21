import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type CertificateClaims,
  issueCertificate,
  readCertificate,
  sameClient,
  verifyCertificate,
} from "@sourceprint/protocol/chat/certificate.js"
import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

const claims: CertificateClaims = {
  accountId: "a1".repeat(16),
  name: "Ada Lovelace",
  clientId: "b2".repeat(16),
  signatureKey: new Uint8Array(32).fill(7),
  factors: ["password", "finger", "scanner"],
  timeMs: 1_790_000_000_000,
}
const server = await webCrypto.signer(new Uint8Array(32).fill(1))
const verify = (bytes: Uint8Array, identity = server.publicKey) => verifyCertificate(webCrypto, identity, bytes)

test("the pinned server's certificate gives its claims back", async () => {
  assert.deepEqual(await verify(await issueCertificate(server, claims)), claims)
})

test("no flipped bit, no cut and no other server's certificate is accepted", async () => {
  const bytes = await issueCertificate(server, claims)
  for (let i = 0; i < bytes.length; i++) {
    assert.equal(await verify(bytes.with(i, bytes[i] ^ 1)), undefined)
    assert.equal(await verify(bytes.subarray(0, i)), undefined)
  }
  const stranger = await webCrypto.signer(new Uint8Array(32).fill(2))
  const forged = await issueCertificate(stranger, claims)
  assert.equal(await verify(forged), undefined)
  assert.deepEqual(readCertificate(forged), claims)
  assert.equal(await verify(bytes, stranger.publicKey), undefined)
})

test("the longest name fits the bound of a certificate", async () => {
  const longest = await issueCertificate(server, { ...claims, name: "汉".repeat(64) })
  assert.ok(longest.length <= ChatLimit.certificateBytes)
})

test("a later certificate of the same key is the same client; another key is not", () => {
  assert.ok(sameClient(claims, { ...claims, factors: ["face"], timeMs: 2 }))
  assert.ok(!sameClient(claims, { ...claims, signatureKey: new Uint8Array(32) }))
})
