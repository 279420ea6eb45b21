import assert from "node:assert/strict"
import { test } from "node:test"
import { confusionMatrix, multiclassBalancedAccuracy } from "@sourceprint/core/metrics/confusion.js"
import { balancedAccuracy } from "@sourceprint/core/metrics/error-rates.js"

test("balanced accuracy, by hand", () => {
  assert.equal(balancedAccuracy({ fmr: 0.5, fnmr: 0.5 }), 0.5)
  assert.equal(balancedAccuracy({ fmr: 0.25, fnmr: 0 }), 0.875)
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
