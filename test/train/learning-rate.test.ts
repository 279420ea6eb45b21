import assert from "node:assert/strict"
import { test } from "node:test"
import { LearningRateSchedule, learningRateFactor } from "@sourceprint/train/learning-rate.js"

test("cosine starts at 1, is half way in the middle and ends at the floor", () => {
  const cosine = LearningRateSchedule.parse({ kind: "cosine", floor: 0.1 })
  assert.equal(learningRateFactor(cosine, 0, 10), 1)
  assert.ok(Math.abs(learningRateFactor(cosine, 5, 10) - 0.55) < 1e-12)
  assert.ok(Math.abs(learningRateFactor(cosine, 10, 10) - 0.1) < 1e-12)
})

test("warm-up rises to 1 and is never zero", () => {
  const warm = LearningRateSchedule.parse({ kind: "constant", warmupEpochs: 2 })
  const rates = [0, 0.5, 1, 1.5, 2, 3].map((epoch) => learningRateFactor(warm, epoch, 10))
  assert.ok(rates[0] > 0 && rates.every((rate, i) => i === 0 || rate >= rates[i - 1]))
  assert.equal(rates[4], 1)
})

test("step multiplies every few epochs", () => {
  const step = LearningRateSchedule.parse({ kind: "step", every: 3, factor: 0.5 })
  assert.deepEqual(
    [0, 2.9, 3, 6].map((epoch) => learningRateFactor(step, epoch, 10)),
    [1, 1, 0.5, 0.25],
  )
})
