import assert from "node:assert/strict"
import { test } from "node:test"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { noSpreadInterval, rateInterval } from "@sourceprint/core/metrics/rate-interval.js"
import { weightedDecisionRates } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"

/** `fingers` impostor fingers of eight impressions; the first `wrong` are accepted every time. */
function falseMatches(fingers: number, wrong: number) {
  const groups = Array.from({ length: fingers * 8 }, (_, i) => `f${i >> 3}`)
  const accepted = Uint8Array.from(groups, (_, i) => (i >> 3 < wrong ? 1 : 0))
  const { fmr } = weightedDecisionRates(accepted, new Uint8Array(groups.length))
  const [replicates] = bootstrapReplicates({ groups }, [fmr], new Rng(1))
  return rateInterval(wrong / fingers, replicates, fingers)
}

test("no error: the rule of 3 over fingers, not over their impressions", () => {
  const { interval, degenerate } = falseMatches(20, 0)
  assert.ok(degenerate)
  assert.equal(interval.low, 0)
  assert.ok(Math.abs(interval.high - (1 - 0.05 ** (1 / 20))) < 1e-12)
  assert.match(interval.method, /rule of 3 over 20 fingers/)
})

test("nothing but errors is its mirror image; a few errors are drawn again; no spread between is Wilson's", () => {
  const all = falseMatches(20, 20).interval
  assert.ok(Math.abs(all.low - 0.05 ** (1 / 20)) < 1e-12)
  assert.equal(all.high, 1)
  const some = falseMatches(20, 3)
  assert.equal(some.degenerate, false)
  assert.match(some.interval.method, /finger bootstrap, 1000 replicates/)
  assert.ok(some.interval.low >= 0 && some.interval.low < 0.15 && some.interval.high > 0.15)
  const half = noSpreadInterval(0.5, 2)
  assert.ok(half.low < 0.1 && half.high > 0.9, "two fingers say next to nothing")
  assert.throws(() => noSpreadInterval(0, 0), RangeError)
})
