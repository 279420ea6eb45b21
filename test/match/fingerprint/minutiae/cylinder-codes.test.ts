import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { cylinderCodes, popcount, wordsPerCode } from "@sourceprint/match/fingerprint/minutiae/cylinder-codes.js"
import { localSimilarity } from "@sourceprint/match/fingerprint/minutiae/local-similarity.js"
import fc from "fast-check"

test("popcount counts like the binary text does", () => {
  fc.assert(
    fc.property(fc.integer(), (word) => {
      assert.equal(popcount(word), [...(word >>> 0).toString(2)].filter((c) => c === "1").length)
    }),
  )
})

function cloud(seed: number, turn: number, dx: number, dy: number) {
  const rng = new Rng(seed)
  const points = Array.from({ length: 30 }, () => ({
    x: rng.between(-120, 120),
    y: rng.between(-120, 120),
    angle: rng.between(0, 2 * Math.PI),
  }))
  return cylinderCodes(
    points.map((p) => p.x * Math.cos(turn) - p.y * Math.sin(turn) + dx),
    points.map((p) => p.x * Math.sin(turn) + p.y * Math.cos(turn) + dy),
    points.map((p) => p.angle + turn),
    () => true,
  )
}

test("codes do not change when the finger is turned and shifted", () => {
  for (let seed = 0; seed < 10; seed++) {
    const still = cloud(seed, 0, 0, 0)
    const moved = cloud(seed, 0.7 * (seed + 1), 13, -40)
    let different = 0
    for (let i = 0; i < still.bits.length; i++) different += popcount(still.bits[i] ^ moved.bits[i])
    // cells whose contribution lies on the threshold may fall to either side of it
    assert.ok(different <= 4, `${different} bits differ`)
    const similarity = localSimilarity(still, moved)
    for (let m = 0; m < 30; m++) {
      const empty = still.bits.subarray(m * wordsPerCode, (m + 1) * wordsPerCode).every((word) => word === 0)
      assert.ok(empty ? similarity[m * 30 + m] === 0 : similarity[m * 30 + m] > 0.7, `minutia ${m}`)
    }
  }
})

test("similarity follows its definition bit by bit", () => {
  const a = cloud(1, 0, 0, 0)
  const b = cloud(2, 0, 0, 0)
  const fast = localSimilarity(a, b)
  const bitsOf = (codes: Int32Array, m: number): number[] =>
    Array.from(codes.subarray(m * wordsPerCode, (m + 1) * wordsPerCode)).flatMap((word) =>
      Array.from({ length: 32 }, (_, k) => (word >>> k) & 1),
    )
  const length = (bits: readonly number[]): number => Math.sqrt(bits.reduce((sum, bit) => sum + bit, 0))
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 30; j++) {
      const [p, q] = [bitsOf(a.bits, i), bitsOf(b.bits, j)]
      const norm = length(p) * length(q) === 0 ? 0 : 1 - length(p.map((bit, k) => bit ^ q[k])) / (length(p) + length(q))
      assert.ok(Math.abs(fast[i * 30 + j] - norm) < 1e-6)
    }
  }
})
