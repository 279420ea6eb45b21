import assert from "node:assert/strict"
import { test } from "node:test"
import { discarded } from "../../bench/discarded.js"
import type { Scored } from "../../bench/set-scores.js"

const pair = (score: number, quality: number, genuine = true): Scored => ({
  set: "a",
  part: "reporting",
  pair: ["1", "2"],
  fingers: ["1", "1"],
  genuine,
  score,
  quality,
})

test("false non-matches of the worst tenth by quality and of the rest", () => {
  // 20 genuine pairs of quality 1 to 20: the two worst and the best one score below the threshold of 5
  const genuine = Array.from({ length: 20 }, (_, k) => pair([0, 1, 19].includes(k) ? 1 : 9, k + 1))
  const found = discarded([...genuine, pair(99, 0, false)], 5)
  assert.deepEqual(
    { worst: found.worst, worstCount: found.worstCount, restCount: found.restCount },
    { worst: 1, worstCount: 2, restCount: 18 },
  )
  assert.ok(Math.abs(found.rest - 1 / 18) < 1e-12)
  // 3/20 until the first is left out, 2/19 until the second, 1/18, then 1/17 and 1/16
  const area = (5 * (3 / 20) + 5 * (2 / 19) + 5 * (1 / 18) + 5 * (1 / 17) + 1 / 16) / 21
  assert.ok(Math.abs(found.area - area) < 1e-12)
})

test("pairs of one quality stay together", () => {
  const found = discarded(
    Array.from({ length: 20 }, () => pair(9, 50)),
    5,
  )
  assert.ok(Number.isNaN(found.worst))
  assert.equal(found.restCount, 20)
})
