import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { InputContract, type ViewConfig } from "@sourceprint/model/input-contract.js"
import { zoo, zooEntries, zooEntry } from "@sourceprint/train/zoo/registry.js"
import type { LayersModel } from "@tensorflow/tfjs"

const view: ViewConfig = { region: { kind: "common-window", sidePx: 128 } }
const { tf } = await selectEngine("wasm")

const flatWeights = (model: LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => Float32Array.from(weight.dataSync()))

for (const entry of zooEntries) {
  test(`${entry.id}: settings are strict and all have defaults`, () => {
    assert.throws(() => entry.plan({ nonsense: 1 }, view))
    const plan = entry.plan(undefined, view)
    assert.deepEqual(InputContract.parse(plan.input), plan.input)
    assert.ok(plan.training.epochs >= 1 && plan.training.batchSize >= 1)
  })

  const { recipe, inputShape } = entry.plan(undefined, view)
  if (recipe.kind !== "layers") continue
  test(`${entry.id}: (N, ${inputShape}) -> (N, 1) in [0, 1]; a seed gives the same weights; nothing leaks`, () => {
    const before = tf.memory().numTensors
    const [first, again, other] = [recipe.build(tf, 5), recipe.build(tf, 5), recipe.build(tf, 6)]
    assert.deepEqual(flatWeights(first), flatWeights(again))
    assert.notDeepEqual(flatWeights(first), flatWeights(other))
    const out = tf.tidy(() => {
      const scores = first.predict(tf.randomNormal([2, ...inputShape], 0, 1, "float32", 3))
      assert.ok(!Array.isArray(scores))
      assert.deepEqual(scores.shape, [2, 1])
      return scores.dataSync()
    })
    for (const score of out) assert.ok(score >= 0 && score <= 1)
    for (const model of [first, again, other]) model.dispose()
    assert.equal(tf.memory().numTensors, before)
  })
}

test("an unknown id names the known ones", () => {
  assert.throws(
    () => zooEntry("resnet-9000"),
    (e) => hasCode(e, "zoo/unknown") && e.message.includes("small-cnn"),
  )
  assert.equal(zoo.size, zooEntries.length)
})
