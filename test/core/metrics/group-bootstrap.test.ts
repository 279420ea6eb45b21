import assert from "node:assert/strict"
import { test } from "node:test"
import { areaUnderRoc } from "@sourceprint/core/metrics/area-under-roc.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { bootstrapReplicates, groupBootstrap, percentileInterval } from "@sourceprint/core/metrics/group-bootstrap.js"
import { differenceOf } from "@sourceprint/core/metrics/paired-bootstrap.js"
import {
  meanStatistic,
  onSamples,
  splitByTruth,
  weightedAuc,
  weightedDecisionRates,
  weightedEer,
} from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"
import { weightedMean } from "../../support/slow-metrics.js"

const near = (a: number, b: number, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`)

test("weights of whole numbers are the same as copying samples", () => {
  const sample = fc.record({
    score: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(Number.NaN)),
    genuine: fc.boolean(),
    weight: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (samples) => {
      const labelled = {
        scores: Float64Array.from(samples, (s) => s.score),
        isGenuine: Uint8Array.from(samples, (s) => Number(s.genuine)),
      }
      const weights = Float64Array.from(samples, (s) => s.weight)
      const copied = samples.flatMap((s) => Array.from({ length: s.weight }, () => s))
      const genuine = Float64Array.from(copied.filter((s) => s.genuine).map((s) => s.score))
      const impostor = Float64Array.from(copied.filter((s) => !s.genuine).map((s) => s.score))
      if (genuine.length === 0 || impostor.length === 0) {
        assert.ok(Number.isNaN(weightedEer(labelled)(weights)) && Number.isNaN(weightedAuc(labelled)(weights)))
        return
      }
      const curve = errorCurve(genuine, impostor)
      near(weightedEer(labelled)(weights), equalErrorRate(curve))
      near(weightedAuc(labelled)(weights), areaUnderRoc(curve))
      const accepted = labelled.scores.map((s) => Number(s >= 3))
      const rates = weightedDecisionRates(Uint8Array.from(accepted), labelled.isGenuine)
      near(rates.fmr(weights), impostor.filter((s) => s >= 3).length / impostor.length)
      near(rates.balancedAccuracy(weights), 1 - (rates.fmr(weights) + rates.fnmr(weights)) / 2)
    }),
    { seed: 5, numRuns: 400 },
  )
})

test("whole groups are drawn, within their stratum, and one seed gives one answer", () => {
  const groups = ["a1", "a1", "a2", "a3", "b1", "b2", "b2"]
  const strata = ["a", "a", "a", "a", "b", "b", "b"]
  const seen: Float64Array[] = []
  const watch = (weights: Float64Array): number => {
    seen.push(weights.slice())
    return 0
  }
  bootstrapReplicates({ groups, strata, replicates: 200 }, [watch], new Rng(1))
  for (const w of seen) {
    assert.equal(w[0], w[1])
    assert.equal(w[5], w[6])
    assert.equal(w[0] + w[2] + w[3], 3)
    assert.equal(w[4] + w[5], 2)
  }
  const mean = weightedMean(Float64Array.of(1, 2, 3, 4, 5, 6, 7))
  const run = () => groupBootstrap({ groups, strata }, [mean], new Rng(9))
  assert.deepEqual(run(), run())
  assert.throws(
    () => bootstrapReplicates({ groups, strata: ["a", "b", "a", "a", "b", "b", "b"] }, [mean], new Rng(1)),
    RangeError,
  )
  assert.throws(() => bootstrapReplicates({ groups: [] }, [mean], new Rng(1)), RangeError)
  assert.throws(() => bootstrapReplicates({ groups, strata: ["a"] }, [mean], new Rng(1)), RangeError)
})

test("the order of samples changes no replicate", () => {
  const rng = new Rng("order")
  const samples = Array.from({ length: 60 }, (_, k) => {
    const finger = (k * 7) % 19
    return { group: `f${finger}`, stratum: finger % 2 === 0 ? "even" : "odd", score: rng.float(), truth: k % 3 === 0 }
  })
  const replicates = (all: typeof samples) => {
    const labelled = {
      scores: Float64Array.from(all, ({ score }) => score),
      isGenuine: Uint8Array.from(all, ({ truth }) => Number(truth)),
    }
    const design = { groups: all.map(({ group }) => group), strata: all.map(({ stratum }) => stratum) }
    return bootstrapReplicates(
      { ...design, replicates: 50 },
      [weightedEer(labelled), weightedAuc(labelled)],
      new Rng(1),
    )
  }
  const expected = replicates(samples)
  for (let seed = 0; seed < 20; seed++) assert.deepEqual(replicates(new Rng(seed).shuffled(samples)), expected)
})

test("a comparison of two fingers counts the product of their draws", () => {
  const groups = ["f1", "f1", "f2"]
  const otherGroups = ["f1", "f2", "f2"]
  const watch = (w: Float64Array): number => {
    assert.equal(w[1], w[0] * w[2])
    assert.equal(w[0] + w[2], 2)
    return 0
  }
  bootstrapReplicates({ groups, otherGroups, replicates: 50 }, [watch], new Rng(2))
})

test("the interval of a mean of independent groups is the textbook one", () => {
  const rng = new Rng("mean")
  const values = Float64Array.from({ length: 400 }, () => rng.normal())
  const groups = Array.from(values, (_, k) => `g${k}`)
  const [{ value, interval, degenerate }] = groupBootstrap({ groups }, [weightedMean(values)], new Rng(3))
  const deviation = Math.sqrt(values.reduce((s, x) => s + (x - value) ** 2, 0) / 399)
  near(interval.high - interval.low, (2 * 1.96 * deviation) / Math.sqrt(400), 0.02)
  assert.equal(degenerate, false)
  assert.match(interval.method, /400 fingers or people, 1000 replicates/)
})

test("copies within a group do not narrow the interval", () => {
  const rng = new Rng("copies")
  const fingers = Float64Array.from({ length: 40 }, () => rng.normal())
  const alone = groupBootstrap({ groups: [...fingers.keys()].map(String) }, [weightedMean(fingers)], new Rng(4))[0]
  const copied = Float64Array.from({ length: 320 }, (_, k) => fingers[k % 40])
  const groups = Array.from(copied, (_, k) => String(k % 40))
  const eight = groupBootstrap({ groups }, [weightedMean(copied)], new Rng(4))[0]
  near(alone.interval.high - alone.interval.low, eight.interval.high - eight.interval.low, 1e-9)
})

test("no error seen: the interval says that it is degenerate", () => {
  const labelled = { scores: Float64Array.of(2, 2, 1, 1), isGenuine: Uint8Array.of(1, 1, 0, 0) }
  const design = { groups: ["a", "b", "c", "d"], strata: ["t", "t", "o", "o"] }
  const [result] = groupBootstrap(design, [weightedEer(labelled)], new Rng(5))
  assert.deepEqual([result.value, result.interval.low, result.interval.high, result.degenerate], [0, 0, 0, true])
  assert.throws(() => percentileInterval(Float64Array.of(Number.NaN)), RangeError)
})

test("pooling and parts: a statistic of a part of the samples", () => {
  const a = { scores: Float64Array.of(3, 1), isGenuine: Uint8Array.of(1, 0) }
  const b = { scores: Float64Array.of(5, 4, 6), isGenuine: Uint8Array.of(1, 0, 0) }
  const pooled = {
    scores: Float64Array.of(...a.scores, ...b.scores),
    isGenuine: Uint8Array.of(...a.isGenuine, ...b.isGenuine),
  }
  assert.deepEqual([...splitByTruth(pooled).genuine], [3, 5])
  assert.deepEqual([...splitByTruth(pooled).impostor], [1, 4, 6])
  const whole = Float64Array.of(1, 1, 1, 1, 1)
  near(
    onSamples(weightedEer(b), Uint32Array.of(2, 3, 4))(whole),
    equalErrorRate(errorCurve(Float64Array.of(5), Float64Array.of(4, 6))),
  )
  const both = meanStatistic([
    weightedMean(Float64Array.of(1, 1, 1, 1, 1)),
    weightedMean(Float64Array.of(0, 0, 0, 0, 5)),
  ])
  near(both(whole), 1)
})

test("paired: a constant difference is certain, no difference is none", () => {
  const groups = Array.from({ length: 60 }, (_, k) => String(k % 20))
  const rng = new Rng("paired")
  const first = Float64Array.from(groups, () => rng.float())
  const better = first.map((x) => x + 0.1)
  const compared = (one: Float64Array, other: Float64Array) => {
    const statistics = [weightedMean(one), weightedMean(other)]
    const [a, b] = bootstrapReplicates({ groups }, statistics, new Rng(6))
    const [wholeA, wholeB] = statistics.map((statistic) => statistic(new Float64Array(60).fill(1)))
    return differenceOf(wholeA - wholeB, a, b)
  }
  const up = compared(better, first)
  near(up.difference, 0.1, 1e-9)
  near(up.interval.low, 0.1, 1e-9)
  near(up.pValue, 2 / 1001, 1e-9)
  const same = compared(first, first)
  assert.deepEqual([same.difference, same.interval.low, same.interval.high, same.pValue], [0, 0, 0, 1])
})
