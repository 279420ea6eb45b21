import assert from "node:assert/strict"
import { test } from "node:test"
import { balancedAccuracy, multiclassBalancedAccuracy } from "@sourceprint/core/metrics/balanced-accuracy.js"
import { binaryConfusion, confusionMatrix } from "@sourceprint/core/metrics/confusion.js"

const f64 = (...values: number[]) => Float64Array.from(values)

test("two classes, by hand", () => {
  const counts = binaryConfusion(0.5, f64(0.9, 0.5, 0.4, Number.NaN), f64(0.6, 0.1))
  assert.deepEqual(counts, { truePositives: 2, falseNegatives: 2, falsePositives: 1, trueNegatives: 1 })
  assert.equal(balancedAccuracy(counts), 0.5)
  assert.ok(Number.isNaN(balancedAccuracy(binaryConfusion(0.5, f64(1), f64()))))
})

test("several classes, by hand; a class without samples does not count", () => {
  const matrix = confusionMatrix(["a", "b", "c"], ["a", "a", "a", "b"], ["a", "b", "a", "b"])
  assert.deepEqual(matrix.counts, [
    [2, 1, 0],
    [0, 1, 0],
    [0, 0, 0],
  ])
  assert.ok(Math.abs(multiclassBalancedAccuracy(matrix) - 5 / 6) < 1e-12)
  assert.throws(() => confusionMatrix(["a"], ["a"], ["z"]), RangeError)
  assert.throws(() => confusionMatrix(["a"], ["a"], []), RangeError)
})
