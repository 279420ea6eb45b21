import assert from "node:assert/strict"
import { test } from "node:test"
import type { CertificateClaims } from "@sourceprint/protocol/chat/certificate.js"
import { safetyNumber } from "@sourceprint/protocol/chat/safety-number.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

const client = (account: string, key: number): CertificateClaims => ({
  accountId: account.repeat(32),
  name: account,
  clientId: key.toString(16).padStart(32, "0"),
  signatureKey: new Uint8Array(32).fill(key),
  factors: ["password"],
  timeMs: 1,
})
const number = (mine: CertificateClaims[], theirs: CertificateClaims[]) => safetyNumber(webCrypto, mine, theirs)
const [a1, a2, b1] = [client("a", 1), client("a", 2), client("b", 3)]

test("60 digits in 12 groups of 5, the same from both sides and in any order of devices", async () => {
  const ours = await number([a1, a2], [b1])
  assert.match(ours, /^(\d{5} ){11}\d{5}$/)
  assert.equal(await number([b1], [a2, a1]), ours)
  assert.equal(await number([{ ...a2, factors: ["face"], timeMs: 7 }, a1], [b1]), ours) // a later sign-in
})

test("another device, another key or the same keys under another account give another number", async () => {
  const ours = await number([a1], [b1])
  const others = [
    await number([a1, a2], [b1]),
    await number([a2], [b1]),
    await number([{ ...a1, accountId: "c".repeat(32) }], [b1]),
  ]
  assert.equal(new Set([ours, ...others]).size, 4)
  await assert.rejects(number([], [b1]), RangeError)
})
