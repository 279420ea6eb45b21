import assert from "node:assert/strict"
import { test } from "node:test"
import * as tf from "@tensorflow/tfjs"
import { ParallelTrainer } from "../../../src/shared/engine/data-parallel.js"
import { selectEngine } from "../../../src/shared/engine/select-engine.js"
import { hasCode } from "../../../src/shared/errors.js"
import { Rng } from "../../../src/shared/rng.js"

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })

function build(normed = false): tf.LayersModel {
  const model = tf.sequential()
  const l2 = tf.regularizers.l2({ l2: 0.01 })
  model.add(
    tf.layers.conv2d({
      inputShape: [10, 9, 1],
      filters: 4,
      kernelSize: 3,
      activation: "relu",
      kernelInitializer: seeded(1),
      kernelRegularizer: l2,
    }),
  )
  if (normed) model.add(tf.layers.batchNormalization())
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: seeded(2) }))
  return model
}

test("two workers train as one does, up to the order of additions", async () => {
  await selectEngine("wasm")
  const rng = new Rng("parallel")
  const alone = build()
  alone.compile({ optimizer: tf.train.adam(0.01), loss: "binaryCrossentropy" })
  const shared = build()
  const trainer = await ParallelTrainer.start({
    model: shared,
    loss: "binaryCrossentropy",
    learningRate: 0.01,
    workers: 2,
    engine: "wasm",
  })
  try {
    for (const count of [7, 8, 1, 5]) {
      const images = Float32Array.from({ length: count * 90 }, () => rng.normal())
      const labels = Float32Array.from({ length: count }, () => rng.below(2))
      const [x, y] = [tf.tensor(images, [count, 10, 9, 1]), tf.tensor(labels, [count, 1])]
      const expected = (await alone.trainOnBatch(x, y)) as number
      const loss = await trainer.step(images, labels, count)
      assert.ok(Math.abs(loss - expected) < 1e-5, `${loss} ${expected}`)
      tf.dispose([x, y])
    }
    await trainer.copyWeightsTo(shared, tf)
    for (const [i, w] of alone.getWeights().entries()) {
      const actual = shared.getWeights()[i]?.dataSync() as Float32Array
      for (const [k, value] of w.dataSync().entries()) {
        assert.ok(Math.abs((actual[k] as number) - value) < 1e-4, `weight ${i}/${k}`)
      }
    }
  } finally {
    await trainer.close()
  }
})

test("a model whose images see each other is refused", async () => {
  await selectEngine("wasm")
  const options = { loss: "binaryCrossentropy", learningRate: 0.01, workers: 2, engine: "wasm" } as const
  await assert.rejects(ParallelTrainer.start({ model: build(true), ...options }), (e) =>
    hasCode(e, "engine/parallel"),
  )
})
