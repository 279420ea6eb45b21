import assert from "node:assert/strict"
import { test } from "node:test"
import { clopperPearsonInterval, upperBoundOfZero } from "@sourceprint/core/metrics/clopper-pearson.js"
import { countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { incompleteBeta } from "@sourceprint/core/metrics/incomplete-beta.js"
import { probit } from "@sourceprint/core/metrics/probit.js"
import { quantileOfSorted } from "@sourceprint/core/metrics/quantile.js"
import { summariseRepeats } from "@sourceprint/core/metrics/repeats.js"
import { studentQuantile } from "@sourceprint/core/metrics/student-t.js"
import { wilsonInterval } from "@sourceprint/core/metrics/wilson.js"

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`)

test("probit: tabulated values, symmetry, and the integral of the density", () => {
  near(probit(0.975), 1.959963984540054, 1e-14)
  near(probit(0.001), -3.090232306167813, 1e-14)
  near(probit(1e-10), -6.361340902404056, 1e-13)
  assert.equal(probit(0.5), 0)
  assert.equal(probit(0), -Infinity)
  assert.equal(probit(1), Infinity)
  assert.throws(() => probit(1.5), RangeError)
  for (const z of [0.3, 1.1, 2.2, 3.4]) {
    let area = 0 // midpoint rule over [0, z]
    const steps = 4000
    for (let k = 0; k < steps; k++) area += Math.exp(-0.5 * (((k + 0.5) * z) / steps) ** 2)
    near(probit(0.5 + (area * z) / steps / Math.sqrt(2 * Math.PI)), z, 1e-6)
  }
})

test("Wilson: closed forms and published values", () => {
  const zero = wilsonInterval(0, 10)
  near(zero.high, 1.959963984540054 ** 2 / (10 + 1.959963984540054 ** 2), 1e-12)
  assert.equal(zero.low, 0)
  const half = wilsonInterval(5, 10)
  near(half.low, 0.2366, 5e-5)
  near(half.high, 0.7634, 5e-5)
  near(wilsonInterval(21, 38).low, 0.397, 5e-4) // 55 % of 38, as reported for the system replaced
  near(wilsonInterval(31, 38).high, 0.908, 5e-4) // 82 % of 38
  assert.equal(wilsonInterval(7, 7).high, 1)
  assert.throws(() => wilsonInterval(3, 2), RangeError)
  assert.throws(() => wilsonInterval(0, 0), RangeError)
  assert.throws(() => wilsonInterval(1, 2, 1), RangeError)
  assert.deepEqual(countedRate(5, 10), { rate: 0.5, errors: 5, trials: 10, interval: half })
})

test("the incomplete beta function is the binomial tail, summed", () => {
  for (const [n, k, p] of [
    [10, 3, 0.2],
    [40, 39, 0.9],
    [7, 1, 0.01],
    [60, 20, 0.33],
  ]) {
    let tail = 0
    let choose = 1
    for (let j = 0; j <= n; j++) {
      if (j >= k) tail += choose * p ** j * (1 - p) ** (n - j)
      choose = (choose * (n - j)) / (j + 1)
    }
    near(incompleteBeta(p, k, n - k + 1), tail, 1e-12)
  }
  assert.equal(incompleteBeta(0, 2, 3), 0)
  assert.equal(incompleteBeta(1, 2, 3), 1)
})

test("Clopper-Pearson and the rule of 3", () => {
  near(clopperPearsonInterval(0, 10).high, 1 - 0.025 ** 0.1, 1e-12)
  const half = clopperPearsonInterval(5, 10)
  near(half.low, 0.1871, 5e-5)
  near(half.high, 0.8129, 5e-5)
  near(clopperPearsonInterval(1, 10).low, 1 - 0.975 ** 0.1, 1e-12)
  near(upperBoundOfZero(10_000), 3 / 10_000, 1e-6)
  near(upperBoundOfZero(1), 0.95, 1e-12)
})

test("Student's t and repeats", () => {
  near(studentQuantile(0.975, 1), 12.706204736, 1e-8)
  near(studentQuantile(0.975, 4), 2.776445105, 1e-8)
  near(studentQuantile(0.025, 30), -2.042272456, 1e-8)
  const repeats = summariseRepeats([1, 2, 3, 4, 5])
  assert.equal(repeats.mean, 3)
  near(repeats.deviation, Math.sqrt(2.5), 1e-12)
  near(repeats.interval?.high ?? 0, 3 + 2.776445105 * Math.sqrt(0.5), 1e-8)
  assert.equal(summariseRepeats([4]).interval, undefined)
  assert.throws(() => summariseRepeats([]), RangeError)
  assert.throws(() => summariseRepeats([Number.NaN]), RangeError)
})

test("quantiles are linear between neighbours", () => {
  const values = Float64Array.of(10, 20, 40)
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((q) => quantileOfSorted(values, q)),
    [10, 15, 20, 30, 40],
  )
})
