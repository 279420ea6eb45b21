import assert from "node:assert/strict"
import { test } from "node:test"
import { byEpoch } from "@sourceprint/train/report/training-curves.js"
import type { EpochRecord } from "@sourceprint/train/run-record.js"

const history = (...losses: number[]): EpochRecord[] =>
  losses.map((devLoss, k) => ({
    epoch: k + 1,
    learningRate: 1,
    trainLoss: 0,
    trainAccuracy: 0,
    devLoss,
    devAccuracy: 0,
  }))

test("mean and range over the jobs that were still training", () => {
  const { epochs, mean, low, high } = byEpoch([history(4, 2), history(2)], "devLoss")
  assert.deepEqual([...epochs], [1, 2])
  assert.deepEqual([...mean], [3, 2])
  assert.deepEqual([...low], [2, 2])
  assert.deepEqual([...high], [4, 2])
})
