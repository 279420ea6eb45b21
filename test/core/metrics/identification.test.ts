import assert from "node:assert/strict"
import { test } from "node:test"
import { cumulativeMatch, identificationRates, mateRank } from "@sourceprint/core/metrics/identification.js"

const search = (mate: number, ...scores: number[]) => ({ mate, scores: Float64Array.from(scores) })

test("ranks, by hand: ties count against the mate, a failed comparison never returns", () => {
  assert.equal(mateRank(search(1, 0.2, 0.9, 0.5)), 1)
  assert.equal(mateRank(search(0, 0.5, 0.9, 0.5)), 3)
  assert.equal(mateRank(search(0, Number.NaN, 0.1)), Infinity)
  assert.throws(() => mateRank(search(-1, 1)), RangeError)
})

test("CMC, FPIR and FNIR, by hand", () => {
  const searches = [
    search(0, 0.9, 0.1, 0.2),
    search(1, 0.8, 0.7, 0.2),
    search(2, 0.3, 0.2, 0.1),
    search(-1, 0.6, 0.2, 0.1),
    search(-1, 0.4, 0.2, 0.1),
  ]
  const { rate, searchCount } = cumulativeMatch(searches, 3)
  assert.deepEqual([...rate], [1 / 3, 2 / 3, 1])
  assert.equal(searchCount, 3)
  assert.deepEqual(identificationRates(searches, 0.5, 2), {
    fpir: 0.5,
    fnir: 1 / 3,
    falsePositives: 1,
    nonMatedSearches: 2,
    falseNegatives: 1,
    matedSearches: 3,
  })
  assert.equal(identificationRates(searches, 0.5, 1).fnir, 2 / 3)
  assert.throws(() => cumulativeMatch([search(-1, 1)], 1), RangeError)
})
