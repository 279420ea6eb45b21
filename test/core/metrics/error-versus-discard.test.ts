import assert from "node:assert/strict"
import { test } from "node:test"
import { errorVersusDiscard } from "@sourceprint/core/metrics/error-versus-discard.js"
import fc from "fast-check"

test("by hand: equal qualities go together, a quality that knows the errors removes them first", () => {
  const curve = errorVersusDiscard(Float64Array.of(0.1, 0.9, 0.2, 0.8), Float64Array.of(10, 50, 10, 90), 0.5)
  assert.deepEqual([...curve.discarded], [0, 0.5, 0.75])
  assert.deepEqual([...curve.fnmr], [0.5, 0, 0])
  assert.deepEqual([...curve.kept], [4, 2, 1])
  assert.throws(() => errorVersusDiscard(Float64Array.of(1), Float64Array.of(), 0), RangeError)
})

test("every point is what filtering by quality gives", () => {
  const pairs = fc.array(
    fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), quality: fc.integer({ min: 0, max: 5 }) }),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(pairs, (all) => {
      const curve = errorVersusDiscard(
        Float64Array.from(all, (p) => p.score),
        Float64Array.from(all, (p) => p.quality),
        0.5,
      )
      const levels = [...new Set(all.map((p) => p.quality))].sort((a, b) => a - b)
      assert.equal(curve.kept.length, levels.length)
      levels.forEach((level, k) => {
        const left = all.filter((p) => p.quality >= level)
        assert.equal(curve.kept[k], left.length)
        assert.ok(Math.abs(curve.fnmr[k] - left.filter((p) => p.score < 0.5).length / left.length) < 1e-12)
        assert.ok(Math.abs(curve.discarded[k] - (all.length - left.length) / all.length) < 1e-12)
      })
    }),
    { seed: 6 },
  )
})
