import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { newOptimiserState, type OptimiserConfig, optimiserStep } from "@sourceprint/train/optimiser.js"
import * as tf from "@tensorflow/tfjs"

/** 30 steps on the same gradients by tfjs' optimiser and by ours. */
async function compare(config: OptimiserConfig, theirs: tf.Optimizer, learningRate: number): Promise<void> {
  await tf.setBackend("cpu")
  const rng = new Rng("optimiser")
  const ours = [Float32Array.from({ length: 7 }, () => rng.normal()), Float32Array.of(0.5)]
  const variables = ours.map((values, i) => tf.variable(tf.tensor1d(values), true, `w${i}-${config.kind}`))
  const state = newOptimiserState(config, [7, 1])
  for (let step = 0; step < 30; step++) {
    const gradients = ours.map((values) => Float32Array.from(values, () => rng.normal()))
    theirs.applyGradients(variables.map((v, i) => ({ name: v.name, tensor: tf.tensor1d(gradients[i]) })))
    optimiserStep(config, state, learningRate, ours, gradients)
  }
  variables.forEach((variable, i) => {
    const expected = variable.dataSync()
    for (const [k, value] of ours[i].entries()) assert.ok(Math.abs(value - expected[k]) < 1e-5)
  })
  tf.disposeVariables()
}

test("adam agrees with tfjs", () => compare({ kind: "adam", momentum: 0 }, tf.train.adam(0.01), 0.01))
test("sgd with momentum agrees with tfjs", () =>
  compare({ kind: "sgd", momentum: 0.8 }, tf.train.momentum(0.01, 0.8), 0.01))
