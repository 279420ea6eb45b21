import assert from "node:assert/strict"
import { test } from "node:test"
import { cllr, minCllr } from "@sourceprint/core/metrics/cllr.js"
import { isotonicFit } from "@sourceprint/core/metrics/isotonic.js"
import { fitLogisticCalibration, isotonicLlrs, logisticLlr } from "@sourceprint/core/metrics/log-likelihood-ratio.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"

const f64 = (...values: number[]) => Float64Array.from(values)
const near = (a: number, b: number, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`)

test("isotonic fit, by hand, and by the min-max formula", () => {
  assert.deepEqual([...isotonicFit(f64(1, 3, 2, 4), f64(1, 1, 1, 1))], [1, 2.5, 2.5, 4])
  assert.deepEqual([...isotonicFit(f64(3, 1), f64(1, 3))], [1.5, 1.5])
  assert.throws(() => isotonicFit(f64(1), f64(0)), RangeError)
  const weighted = fc.record({
    value: fc.integer({ min: 0, max: 5 }),
    weight: fc.integer({ min: 1, max: 4 }),
  })
  fc.assert(
    fc.property(fc.array(weighted, { minLength: 1, maxLength: 12 }), (items) => {
      const fit = isotonicFit(
        Float64Array.from(items, (i) => i.value),
        Float64Array.from(items, (i) => i.weight),
      )
      const average = (from: number, to: number) => {
        const part = items.slice(from, to + 1)
        return part.reduce((s, i) => s + i.value * i.weight, 0) / part.reduce((s, i) => s + i.weight, 0)
      }
      items.forEach((_, k) => {
        let best = -Infinity
        for (let from = 0; from <= k; from++) {
          let least = Infinity
          for (let to = k; to < items.length; to++) least = Math.min(least, average(from, to))
          best = Math.max(best, least)
        }
        near(fit[k], best)
      })
    }),
    { seed: 7 },
  )
})

test("Cllr, by hand: silence costs one bit, certainty in the right is free, in the wrong infinite", () => {
  assert.equal(cllr(f64(0, 0), f64(0)), 1)
  assert.equal(cllr(f64(Infinity), f64(-Infinity)), 0)
  assert.equal(cllr(f64(-Infinity), f64(0)), Infinity)
  near(cllr(f64(Math.log(3)), f64(-Math.log(3))), Math.log2(4 / 3))
  assert.throws(() => cllr(f64(Number.NaN), f64(0)), RangeError)
})

test("isotonic ratios, by hand", () => {
  const { genuine, impostor } = isotonicLlrs(f64(3, 2, 1), f64(2, 0, 1))
  // ascending ties: 0 -> 0 of 1, 1 -> 1 of 2, 2 -> 1 of 2, 3 -> 1 of 1; equal priors
  assert.deepEqual([...genuine], [Infinity, 0, 0])
  assert.deepEqual([...impostor], [0, -Infinity, 0])
  assert.equal(minCllr(f64(5, 6), f64(1, 2)), 0)
  assert.equal(minCllr(f64(1, 1), f64(1)), 1)
})

test("logistic calibration finds the true line of two normal classes", () => {
  // N(1, 1) against N(-1, 1): the log-likelihood ratio is 2 x exactly
  const rng = new Rng("normals")
  const genuine = Float64Array.from({ length: 20_000 }, () => rng.normal() + 1)
  const impostor = Float64Array.from({ length: 5_000 }, () => rng.normal() - 1)
  const line = fitLogisticCalibration(genuine, impostor)
  near(line.slope, 2, 0.1)
  near(line.offset, 0, 0.05)
  const llr = logisticLlr(line)
  const cost = cllr(genuine.map(llr), impostor.map(llr))
  const least = minCllr(genuine, impostor)
  assert.ok(least <= cost && cost - least < 0.01, `${cost} ${least}`)
})

test("logistic calibration does not depend on the scale of scores and stays finite when they are separable", () => {
  const genuine = f64(3, 4, 5, 6, 2.5)
  const impostor = f64(1, 2, 0, 1.5)
  const line = fitLogisticCalibration(genuine, impostor)
  const scaled = fitLogisticCalibration(
    genuine.map((s) => s * 1000 - 7),
    impostor.map((s) => s * 1000 - 7),
  )
  near(logisticLlr(line)(2.2), logisticLlr(scaled)(2193), 1e-6)
  assert.ok(Number.isFinite(line.slope) && line.slope > 0)
  assert.throws(() => fitLogisticCalibration(f64(Number.NaN), f64(1)), RangeError)
  assert.equal(fitLogisticCalibration(f64(1, 1), f64(1, 1)).slope, 0)
})

test("min Cllr is the least over monotone maps", () => {
  const set = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 15 })
  fc.assert(
    fc.property(
      set,
      set,
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (g, i, slope, offset) => {
        const [genuine, impostor] = [Float64Array.from(g), Float64Array.from(i)]
        const llr = logisticLlr({ slope, offset })
        assert.ok(minCllr(genuine, impostor) <= cllr(genuine.map(llr), impostor.map(llr)) + 1e-9)
      },
    ),
    { seed: 8 },
  )
})
