import assert from "node:assert/strict"
import { test } from "node:test"
import { brierScore } from "@sourceprint/core/metrics/brier.js"
import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import fc from "fast-check"

const f64 = (...values: number[]) => Float64Array.from(values)
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-12, `${a} is not ${b}`)

test("Brier and ECE, by hand", () => {
  near(brierScore(f64(0.9, 0.6), f64(0.2, 0.1)), (0.01 + 0.16 + 0.04 + 0.01) / 4)
  const { ece, bins, sampleCount } = reliability(f64(0.9, 0.6), f64(0.2, 0.7), 2)
  // lower half: 0.2, no hit; upper half: mean 2.2 / 3, 2 of 3 hits
  near(ece, 0.25 * 0.2 + 0.75 * Math.abs(2 / 3 - 2.2 / 3))
  assert.deepEqual(
    bins.map((bin) => [bin.count, bin.positives]),
    [
      [1, 0],
      [3, 2],
    ],
  )
  assert.equal(sampleCount, 4)
  assert.equal(reliability(f64(1), f64(0), 10).ece, 0)
  assert.equal(reliability(f64(0), f64(1), 10).ece, 1)
})

test("values that are no probability and empty sets are refused", () => {
  assert.throws(() => brierScore(f64(1.2), f64()), RangeError)
  assert.throws(() => reliability(f64(Number.NaN), f64()), RangeError)
  assert.throws(() => brierScore(f64(), f64()), RangeError)
  assert.throws(() => reliability(f64(0.5), f64(), 0), RangeError)
})

test("bins hold every sample once and the ECE is their weighted gap", () => {
  const set = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(set, set, fc.integer({ min: 1, max: 20 }), (p, n, binCount) => {
      const { bins, ece } = reliability(Float64Array.from(p), Float64Array.from(n), binCount)
      assert.equal(
        bins.reduce((sum, bin) => sum + bin.count, 0),
        p.length + n.length,
      )
      const all = [...p.map((x) => [x, 1]), ...n.map((x) => [x, 0])]
      let slow = 0
      for (let b = 0; b < binCount; b++) {
        const inside = all.filter(([x]) => Math.min(binCount - 1, Math.floor(x * binCount)) === b)
        slow += Math.abs(inside.reduce((sum, [x, hit]) => sum + hit - x, 0)) / all.length
      }
      assert.ok(Math.abs(ece - slow) < 1e-9)
    }),
    { seed: 4 },
  )
})
