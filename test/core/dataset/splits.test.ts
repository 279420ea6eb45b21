import assert from "node:assert/strict"
import { test } from "node:test"
import { groupOf, requireNoLeak, splitSamples } from "@sourceprint/core/dataset/splits.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"
import { crossedSamples, sampleOf } from "../../support/small-dataset.js"

test("no finger and no person is ever on two sides; every image is eval once; each scanner is on every side", () => {
  fc.assert(
    fc.property(
      fc.record({
        scanners: fc.integer({ min: 1, max: 4 }),
        subjects: fc.integer({ min: 5, max: 9 }),
        fingers: fc.integer({ min: 1, max: 3 }),
        impressions: fc.integer({ min: 1, max: 3 }),
        ownPeople: fc.boolean(),
      }),
      fc.nat(),
      fc.constantFrom("subject" as const, "finger" as const),
      (size, seed, by) => {
        const samples = crossedSamples(size)
        const splits = splitSamples(samples, { by, seed, folds: 5 })
        const seen = splits.flatMap((split) => split.eval.map((s) => s.path)).sort()
        assert.deepEqual(seen, samples.map((s) => s.path).sort())
        for (const split of splits) {
          assert.equal(split.train.length + split.dev.length + split.eval.length, samples.length)
          const groups = (["train", "dev", "eval"] as const).map(
            (side) => new Set(split[side].map((s) => groupOf(s, by))),
          )
          for (const g of groups[2]) assert.ok(!groups[0].has(g) && !groups[1].has(g))
          for (const g of groups[1]) assert.ok(!groups[0].has(g))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test("row order does not matter, the seed does", () => {
  const samples = crossedSamples({ scanners: 2, subjects: 10, fingers: 2, impressions: 2 })
  const evalOf = (rows: typeof samples, seed: number) =>
    splitSamples(rows, { by: "subject", seed, folds: 5 }).map((s) => s.eval.map((x) => x.path).sort())
  assert.deepEqual(evalOf(new Rng(1).shuffled(samples), 4), evalOf(samples, 4))
  assert.notDeepEqual(evalOf(samples, 5), evalOf(samples, 4))
})

test("fractions give shares within one group of the wish", () => {
  const samples = crossedSamples({ scanners: 3, subjects: 20, fingers: 1, impressions: 2, ownPeople: true })
  const [split] = splitSamples(samples, {
    by: "subject",
    seed: 1,
    fractions: { train: 0.6, dev: 0.2, eval: 0.2 },
  })
  assert.deepEqual([split.train.length, split.dev.length, split.eval.length], [72, 24, 24])
  assert.throws(
    () => splitSamples(samples, { by: "subject", seed: 1, fractions: { train: 0.9, dev: 0.2, eval: 0.2 } }),
    RangeError,
  )
})

test("refuses what cannot be split honestly", () => {
  const nameless = [sampleOf({ subject: "", path: "x.bmp" })]
  assert.throws(
    () => splitSamples(nameless, { by: "finger", seed: 1, folds: 5 }),
    (e) => hasCode(e, "split/unlabelled") && e.message.includes("x.bmp"),
  )
  const few = crossedSamples({ scanners: 2, subjects: 2, fingers: 1, impressions: 4, ownPeople: true })
  assert.throws(
    () => splitSamples(few, { by: "subject", seed: 1, folds: 5 }),
    (e) => hasCode(e, "split/too-few"),
  )
  const copied = crossedSamples({ scanners: 1, subjects: 9, fingers: 1, impressions: 1 }).map((s) => ({
    ...s,
    sha256: "0".repeat(64),
  }))
  assert.throws(
    () => splitSamples(copied, { by: "subject", seed: 1, folds: 5 }),
    (e) => hasCode(e, "split/leak"),
  )
  assert.throws(() => splitSamples(few, { by: "subject", seed: 1, folds: 2 }), RangeError)
})

test("by image, one finger is on both sides: that is why it is called unsafe", () => {
  const samples = crossedSamples({ scanners: 2, subjects: 3, fingers: 1, impressions: 20 })
  const [split] = splitSamples(samples, { by: "unsafe-by-image", seed: 1, folds: 5 })
  assert.throws(
    () => requireNoLeak(split, "finger"),
    (e) => hasCode(e, "split/leak"),
  )
})
