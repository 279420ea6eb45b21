import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { InferencePool } from "@sourceprint/engine/inference-pool.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"

const IMAGE = 12 * 10

async function smallModel(): Promise<{ model: tf.LayersModel; artifacts: tf.io.ModelArtifacts }> {
  await selectEngine("wasm")
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ inputShape: [12, 10, 1], filters: 4, kernelSize: 3, activation: "relu" }))
  model.add(tf.layers.globalMaxPooling2d({}))
  model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }))
  const saved: tf.io.ModelArtifacts[] = []
  await model.save(
    tf.io.withSaveHandler((given) => {
      saved.push(given)
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given) })
    }),
  )
  return { model, artifacts: saved[0] as tf.io.ModelArtifacts }
}

test("a pool answers as the model does, batch and single, many at once", async () => {
  const { model, artifacts } = await smallModel()
  const pool = await InferencePool.start({ artifacts, engine: "wasm", workers: 2, maxWaiting: 50 })
  try {
    const images = Float32Array.from({ length: 20 * IMAGE }, (_, i) => Math.sin(i))
    const expected = tf.tidy(() =>
      (model.predict(tf.tensor(images, [20, 12, 10, 1])) as tf.Tensor).dataSync(),
    )
    const batch = await pool.predict({ images, count: 20 })
    const singles = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        pool.predict({ images: images.slice(i * IMAGE, (i + 1) * IMAGE), count: 1 }),
      ),
    )
    for (const [i, value] of expected.entries()) {
      assert.ok(Math.abs((batch[i] as number) - value) < 1e-6)
      assert.ok(Math.abs((singles[i]?.[0] as number) - value) < 1e-6)
    }
    await assert.rejects(pool.predict({ images: new Float32Array(7), count: 1 }), /7 values are not 1 images/)
  } finally {
    await pool.close()
  }
})

test("a full queue says so at once and the pool continues", async () => {
  const { artifacts } = await smallModel()
  const pool = await InferencePool.start({ artifacts, engine: "wasm", workers: 1, maxWaiting: 2 })
  try {
    const ask = () => pool.predict({ images: new Float32Array(40 * IMAGE), count: 40 })
    const settled = await Promise.allSettled(Array.from({ length: 12 }, ask))
    const busy = settled.filter((s) => s.status === "rejected")
    assert.ok(busy.length >= 8, `${busy.length} refused`)
    for (const refusal of busy) assert.ok(hasCode(refusal.reason, "engine/busy"))
    assert.equal((await ask()).length, 40)
  } finally {
    await pool.close()
  }
})

test("a model that does not load is refused when the pool starts", async () => {
  const { artifacts } = await smallModel()
  const broken = { ...artifacts, modelTopology: { class_name: "Nothing", config: {} } }
  const start = InferencePool.start({ artifacts: broken, engine: "wasm", workers: 1, maxWaiting: 1 })
  await assert.rejects(start, (e) => hasCode(e, "engine/model"))
})
