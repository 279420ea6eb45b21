import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { candidatePairs } from "@sourceprint/match/fingerprint/minutiae/candidate-pairs.js"
import { alignment } from "@sourceprint/match/fingerprint/minutiae/parameters.js"

test("the candidates are the first of a full sort", () => {
  const rng = new Rng("pairs")
  for (const [countA, countB] of [
    [3, 4],
    [40, 30],
    [90, 80],
  ]) {
    const similarity = Float32Array.from({ length: countA * countB }, () => rng.float())
    const expected = Array.from(similarity.keys())
      .filter((i) => similarity[i] >= alignment.minSimilarity + 0.01)
      .sort((p, q) => similarity[q] - similarity[p] || p - q)
      .slice(0, alignment.candidates)
    const found = candidatePairs(similarity, countB, alignment.candidates)
    const cells = Array.from(found.a, (a, k) => a * countB + found.b[k])
    assert.deepEqual(cells.slice(0, expected.length), expected)
    assert.ok(found.count <= alignment.candidates)
  }
})

test("more equally similar pairs than there is room for are cut, not dropped", () => {
  const side = alignment.candidates + 30
  const similarity = new Float32Array(side * side)
  for (let i = 0; i < side; i++) similarity[i * side + i] = 1
  const found = candidatePairs(similarity, side, alignment.candidates)
  assert.equal(found.count, alignment.candidates)
  assert.deepEqual(found.a, found.b)
})
