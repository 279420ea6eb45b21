import assert from "node:assert/strict"
import { test } from "node:test"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { ResidualConv } from "@sourceprint/model/layers/residual-conv.js"
import { Standardise } from "@sourceprint/model/layers/standardise.js"
import type { io, Tensor, Tensor4D } from "@tensorflow/tfjs"

const { tf } = await selectEngine("wasm")

test("standardise: (x - mean) × factor, clipped at six deviations", () => {
  const layer = new Standardise({})
  layer.apply(tf.zeros([1, 3]))
  layer.setWeights([tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 1, 1])])
  const out = layer.apply(tf.tensor2d([[2, 2, 100]])) as Tensor
  assert.deepEqual([...out.dataSync()], [2, 0, 6])
  assert.equal(layer.trainableWeights.length, 0)
})

for (const kernels of ["fixed", "constrained"] as const) {
  test(`residual (${kernels}): neither brightness nor, for the fixed ones, a slope gets through`, () => {
    const layer = new ResidualConv({ kernels, filters: 4, clipLevels: 8, seed: 3 })
    const side = 16
    const inside = (x: Tensor4D): Tensor4D => tf.slice(x, [0, 4, 4, 0], [1, 8, 8, -1])
    const rng = tf.randomUniform([1, side, side, 1], 0, 60, "float32", 1) as Tensor4D
    const plain = inside(layer.apply(rng) as Tensor4D).dataSync()
    const brighter = inside(layer.apply(tf.add(rng, 100)) as Tensor4D).dataSync()
    plain.forEach((value, i) => {
      assert.ok(Math.abs(value) <= 1 && Math.abs(value - brighter[i]) < 1e-4)
    })
    assert.equal(layer.trainableWeights.length, kernels === "fixed" ? 0 : 1)
    if (kernels === "constrained") return
    const slope = tf.tensor4d(
      Float32Array.from({ length: side * side }, (_, i) => 3 * (i % side)),
      [1, side, side, 1],
    )
    const ofSlope = inside(layer.apply(slope) as Tensor4D)
    const second = tf.slice(ofSlope, [0, 0, 0, 2], [1, 8, 8, 4]).dataSync() // all but the first differences
    assert.ok(second.every((value) => Math.abs(value) < 1e-5))
  })

  test(`residual (${kernels}): saved and loaded it answers the same`, async () => {
    const input = tf.input({ shape: [12, 12, 1] })
    const output = new ResidualConv({ kernels, filters: 3, clipLevels: 5, seed: 9 }).apply(input) as typeof input
    const model = tf.model({ inputs: input, outputs: output })
    let saved: io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } })
      }),
    )
    assert.ok(saved)
    const again = await tf.loadLayersModel(tf.io.fromMemory(saved))
    const x = tf.randomUniform([2, 12, 12, 1], 0, 255, "float32", 2)
    assert.deepEqual((again.predict(x) as Tensor).dataSync(), (model.predict(x) as Tensor).dataSync())
  })
}
