/** The layers whose training step is one kernel, against tfjs' own on the CPU backend. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { type EngineName, selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"

/** Weights, moments and losses after some steps on made-up data; the same numbers enter on every backend. */
async function trained(engine: EngineName, build: () => tf.LayersModel, steps: number): Promise<number[][]> {
  await selectEngine(engine)
  const model = build()
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" })
  const [, ...shape] = model.inputs[0]?.shape ?? []
  const images = tf.randomUniform([8, ...(shape as number[])], -1, 2, "float32", 5)
  const labels = tf.randomUniform([8, 2], 0, 1, "float32", 6)
  const losses: number[] = []
  for (let i = 0; i < steps; i++) losses.push((await model.trainOnBatch(images, labels)) as number)
  const weights = model.getWeights().map((w) => [...w.dataSync()])
  const predicted = tf.tidy(() => [...(model.predict(images) as tf.Tensor).dataSync()])
  tf.dispose([images, labels])
  model.dispose()
  return [losses, predicted, ...weights]
}

/** No bias before a batch norm: its gradient is 0 but for rounding, and Adam makes whole steps of that. */
function normedModel(): tf.LayersModel {
  const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
  const model = tf.sequential()
  model.add(
    tf.layers.conv2d({
      inputShape: [7, 6, 2],
      filters: 5,
      kernelSize: 3,
      useBias: false,
      kernelInitializer: seeded(1),
    }),
  )
  model.add(tf.layers.batchNormalization())
  model.add(tf.layers.reLU({ maxValue: 6 }))
  model.add(
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      padding: "same",
      useBias: false,
      depthwiseInitializer: seeded(2),
    }),
  )
  model.add(tf.layers.batchNormalization({ momentum: 0.5 }))
  model.add(tf.layers.reLU())
  model.add(tf.layers.globalAveragePooling2d({}))
  model.add(tf.layers.dense({ units: 2, kernelInitializer: seeded(3) }))
  return model
}

test("batch norm and clipped relu train as on the CPU backend", async () => {
  const [fast, plain] = [await trained("wasm", normedModel, 6), await trained("cpu", normedModel, 6)]
  assert.equal(fast.length, plain.length)
  for (const [i, values] of plain.entries()) {
    for (const [j, expected] of values.entries()) {
      const actual = fast[i]?.[j] as number
      // Six steps of Adam: a gradient near zero may change sign by rounding, which moves a weight by at most one step.
      assert.ok(Math.abs(actual - expected) < 2e-3 * (1 + Math.abs(expected)), `${i}/${j}: ${actual} ${expected}`)
    }
  }
})
