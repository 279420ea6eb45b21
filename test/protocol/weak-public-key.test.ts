import assert from "node:assert/strict"
import { test } from "node:test"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { isWeakPublicKey } from "@sourceprint/protocol/weak-public-key.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

// Slow and obvious: the curve of RFC 8032 section 5.1 in integers.
const P = 2n ** 255n - 19n
const mod = (a: bigint): bigint => ((a % P) + P) % P
const power = (a: bigint, e: bigint): bigint => {
  let [result, base] = [1n, mod(a)]
  for (let left = e; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * base)
    base = mod(base * base)
  }
  return result
}
const inverse = (a: bigint): bigint => power(a, P - 2n)
const D = mod(-121665n * inverse(121666n))

function xOf(y: bigint): bigint | undefined {
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n))
  const root = power(square, (P + 3n) / 8n)
  return [root, mod(root * power(2n, (P - 1n) / 4n))].find((x) => mod(x * x) === square)
}

function doubled([x, y]: readonly [bigint, bigint]): [bigint, bigint] {
  const t = mod(D * x * x * y * y)
  return [mod(2n * x * y * inverse(1n + t)), mod((y * y + x * x) * inverse(1n - t))]
}

const yOf = (hex: string): bigint =>
  fromHex(hex).reduceRight((sum, byte, i) => sum * 256n + BigInt(i === 31 ? byte & 0x7f : byte), 0n)

const weak = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]

test("each key that is refused is a point whose order divides 8, with either sign", () => {
  for (const hex of weak) {
    const y = mod(yOf(hex))
    const x = xOf(y)
    assert.ok(x !== undefined, hex)
    assert.deepEqual(doubled(doubled(doubled([x, y]))), [0n, 1n], hex)
    const key = fromHex(hex)
    assert.equal(isWeakPublicKey(key), true)
    assert.equal(isWeakPublicKey(key.with(31, key[31] | 0x80)), true)
  }
})

test("keys that are made are not refused", async () => {
  for (let n = 0; n < 50; n++) {
    const { publicKey } = await webCrypto.signer(webCrypto.randomBytes(32))
    assert.equal(isWeakPublicKey(publicKey), false, toHex(publicKey))
  }
})
