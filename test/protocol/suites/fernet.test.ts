import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { fromBase64Url } from "@sourceprint/core/base64url.js"
import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { fernetKey, fernetOpen, fernetSeal } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

interface Case {
  readonly desc?: string
  readonly token: string
  readonly now: string
  readonly ttl_sec?: number
  readonly secret: string
  readonly src?: string
  readonly iv?: readonly number[]
}
const vectors = async (name: string): Promise<Case[]> =>
  JSON.parse(await readFile(join(sharedData("vectors/fernet") ?? "", name), "utf8"))
const seconds = (text: string): number => Math.floor(Date.parse(text) / 1000)
const keyOf = (text: string) => {
  const key = fernetKey(text)
  assert.ok(key)
  return key
}

test("generate vector of the Fernet specification", { skip: withoutData("vectors/fernet") }, async () => {
  for (const { token, now, iv, src, secret } of await vectors("generate.json")) {
    const made = await fernetSeal(webCrypto, keyOf(secret), utf8(src ?? ""), seconds(now), Uint8Array.from(iv ?? []))
    assert.equal(made, token)
  }
})

test("verify vector of the Fernet specification", { skip: withoutData("vectors/fernet") }, async () => {
  for (const { token, now, ttl_sec, src, secret } of await vectors("verify.json")) {
    const plain = await fernetOpen(webCrypto, keyOf(secret), token, seconds(now), ttl_sec)
    assert.equal(plain && fromUtf8(plain), src)
  }
})

test("all 8 invalid vectors of the Fernet specification", {
  skip: withoutData("vectors/fernet"),
}, async () => {
  const cases = await vectors("invalid.json")
  assert.equal(cases.length, 8)
  for (const { desc, token, now, ttl_sec, secret } of cases) {
    assert.equal(await fernetOpen(webCrypto, keyOf(secret), token, seconds(now), ttl_sec), undefined, desc)
  }
})

// Ours, so that the codec is tested where the specification's files are absent.
const KEY = keyOf("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
const NOW_S = 1_790_000_000

test("round trip; every flipped bit, every cut and another key are refused", async () => {
  const token = await fernetSeal(webCrypto, KEY, utf8("a finger"), NOW_S)
  const open = (text: string, nowS = NOW_S) => fernetOpen(webCrypto, KEY, text, nowS, 20)
  assert.equal(fromUtf8((await open(token)) ?? new Uint8Array()), "a finger")
  for (let cut = 0; cut < token.length; cut++) assert.equal(await open(token.slice(0, cut)), undefined)
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === "A" ? "B" : "A"
    assert.equal(await open(token.slice(0, i) + other + token.slice(i + 1)), undefined)
  }
  assert.equal(await open(token, NOW_S + 21), undefined)
  assert.equal(await open(token, NOW_S - 61), undefined)
  assert.ok(await open(token, NOW_S - 60))
  const otherKey = keyOf("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=")
  assert.equal(await fernetOpen(webCrypto, otherKey, token, NOW_S), undefined)
})

test("keys and base64url are strict", () => {
  assert.equal(fernetKey("short"), undefined)
  assert.equal(fromBase64Url("AB", { padding: true }), undefined) // padding is missing
  assert.equal(fromBase64Url("AB==", { padding: true }), undefined) // stray low bits
  assert.deepEqual(fromBase64Url("AA==", { padding: true }), Uint8Array.of(0))
  assert.equal(fromBase64Url("A=AA", { padding: true }), undefined)
  assert.equal(fromBase64Url("+/AA"), undefined)
})
