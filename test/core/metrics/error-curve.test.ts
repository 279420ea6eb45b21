import assert from "node:assert/strict"
import { test } from "node:test"
import { areaUnderRoc } from "@sourceprint/core/metrics/area-under-roc.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { fnmrAtFmr, fvcFnmrs } from "@sourceprint/core/metrics/fnmr-at-fmr.js"
import { thinCurve } from "@sourceprint/core/metrics/thin-curve.js"
import fc from "fast-check"
import { slowAuc, slowEer } from "../../support/slow-metrics.js"

const f64 = (...values: number[]) => Float64Array.from(values)
const near = (a: number, b: number, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`)

// few distinct values, so that ties within and across the sets are common; NaN is a failure
const score = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -3, max: 6 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const scores = fc.array(score, { minLength: 1, maxLength: 30 })

// genuine 0.9 0.8 0.6 0.4, impostor 0.7 0.5 0.3 0.2 0.1, by hand
const GENUINE = f64(0.6, 0.9, 0.4, 0.8)
const IMPOSTOR = f64(0.1, 0.7, 0.2, 0.5, 0.3)

test("rates at a threshold, by hand: the threshold itself accepts, NaN never", () => {
  const at = errorRatesAt(0.5, GENUINE, IMPOSTOR)
  assert.deepEqual(at, {
    fmr: 2 / 5,
    fnmr: 1 / 4,
    falseMatches: 2,
    falseNonMatches: 1,
    genuineCount: 4,
    impostorCount: 5,
  })
  assert.equal(errorRatesAt(-Infinity, f64(Number.NaN, 1), f64(Number.NaN)).fnmr, 0.5)
  assert.equal(errorRatesAt(-Infinity, f64(1), f64(Number.NaN)).fmr, 0)
})

test("empty sets and +Infinity are refused", () => {
  for (const [g, i] of [
    [f64(), f64(1)],
    [f64(1), f64()],
    [f64(Infinity), f64(1)],
  ]) {
    assert.throws(() => errorCurve(g, i), RangeError)
    assert.throws(() => errorRatesAt(0, g, i), RangeError)
  }
})

test("the curve, EER, AUC and FNMR at FMR, by hand", () => {
  const curve = errorCurve(GENUINE, IMPOSTOR)
  assert.deepEqual([...curve.threshold], [Infinity, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
  assert.deepEqual(
    [...curve.fmr].map((x) => x * 5),
    [0, 0, 0, 1, 1, 2, 2, 3, 4, 5],
  )
  assert.deepEqual(
    [...curve.fnmr].map((x) => x * 4),
    [4, 3, 2, 2, 1, 1, 0, 0, 0, 0],
  )
  // (0.2, 0.25) -> (0.4, 0.25): crosses at fmr 0.25
  near(equalErrorRate(curve), 0.25)
  near(areaUnderRoc(curve), 17 / 20) // 5 + 5 + 4 + 3 wins of 20
  assert.deepEqual(fnmrAtFmr(curve, 0.2), { threshold: 0.6, fmr: 0.2, fnmr: 0.25 })
  assert.deepEqual(fvcFnmrs(curve), { fmr100: 0.5, fmr1000: 0.5, zeroFmr: 0.5 })
})

test("separated sets: no error, and the threshold stays at the genuine side", () => {
  const curve = errorCurve(f64(5, 6), f64(1, 2))
  assert.equal(equalErrorRate(curve), 0)
  assert.equal(areaUnderRoc(curve), 1)
  assert.equal(fnmrAtFmr(curve, 0.01).threshold, 5)
})

test("one value for everything: chance", () => {
  const curve = errorCurve(f64(1, 1, 1), f64(1, 1))
  assert.equal(equalErrorRate(curve), 0.5)
  assert.equal(areaUnderRoc(curve), 0.5)
})

test("failures: FVC's rule, a rejected comparison scores lowest", () => {
  const failed = errorCurve(f64(Number.NaN, Number.NaN, 3, 4), f64(1, Number.NaN))
  const lowest = errorCurve(f64(-9, -9, 3, 4), f64(1, -9))
  near(equalErrorRate(failed), equalErrorRate(lowest))
  near(areaUnderRoc(failed), areaUnderRoc(lowest))
})

test("every point of the curve is what counting gives there, and it is monotone", () => {
  fc.assert(
    fc.property(scores, scores, (g, i) => {
      const [genuine, impostor] = [Float64Array.from(g), Float64Array.from(i)]
      const curve = errorCurve(genuine, impostor)
      for (let k = 0; k < curve.threshold.length; k++) {
        const { fmr, fnmr } = errorRatesAt(curve.threshold[k], genuine, impostor)
        near(curve.fmr[k], fmr)
        near(curve.fnmr[k], fnmr)
        if (k > 0) {
          assert.ok(curve.threshold[k] < curve.threshold[k - 1])
          assert.ok(curve.fmr[k] >= curve.fmr[k - 1] && curve.fnmr[k] <= curve.fnmr[k - 1])
        }
      }
      const distinct = new Set([...g, ...i].filter((s) => !Number.isNaN(s)).map((s) => s + 0))
      assert.equal(curve.threshold.length, distinct.size + 1)
    }),
    { seed: 1 },
  )
})

test("EER, FVC's EER, AUC and FNMR at FMR equal their slow versions", () => {
  fc.assert(
    fc.property(scores, scores, fc.double({ min: 0, max: 1, noNaN: true }), (g, i, maxFmr) => {
      const curve = errorCurve(Float64Array.from(g), Float64Array.from(i))
      const points = Array.from(curve.fmr, (fmr, k) => ({ fmr, fnmr: curve.fnmr[k] }))
      near(equalErrorRate(curve), slowEer(points), 1e-9)
      near(areaUnderRoc(curve), slowAuc(g, i))
      near(
        fnmrAtFmr(curve, maxFmr).fnmr,
        Math.min(...points.filter((point) => point.fmr <= maxFmr).map((point) => point.fnmr)),
      )
    }),
    { seed: 2, numRuns: 500 },
  )
})

test("a thinned curve keeps its ends and stays close", () => {
  const n = 20_000
  const genuine = Float64Array.from({ length: n }, (_, k) => Math.sin(k * 12.9898) + 1)
  const impostor = Float64Array.from({ length: n }, (_, k) => Math.sin(k * 78.233))
  const curve = errorCurve(genuine, impostor)
  const thin = thinCurve(curve)
  assert.ok(thin.fmr.length < 2000, `${thin.fmr.length} points`)
  assert.equal(thin.fmr.at(-1), curve.fmr.at(-1))
  assert.equal(thin.threshold[0], Infinity)
  near(equalErrorRate(thin), equalErrorRate(curve), 0.002)
  const straight = thinCurve(errorCurve(f64(1, 2, 3, 4, 5), f64(0)))
  assert.ok(straight.fmr.length <= 4)
})
