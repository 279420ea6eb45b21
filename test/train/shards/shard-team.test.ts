import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { newOptimiserState, optimiserStep } from "@sourceprint/train/optimiser.js"
import { ShardTeam } from "@sourceprint/train/shards/shard-team.js"
import { type StepResult, trainingStep } from "@sourceprint/train/training-step.js"
import type * as Tf from "@tensorflow/tfjs"

const { tf } = await selectEngine("wasm")
const SHAPE = [10, 9, 1]
const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })

function build(more: Tf.layers.Layer[] = []): Tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [10, 9, 1],
        filters: 4,
        kernelSize: 3,
        activation: "relu",
        kernelInitializer: seeded(1),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
      ...more,
      tf.layers.flatten(),
      tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: seeded(2) }),
    ],
  })
}

const batchOf = (rng: Rng, n: number) => ({
  rows: Float32Array.from({ length: 90 * n }, () => rng.normal()),
  labels: Uint8Array.from({ length: n }, () => rng.below(2)),
})

const config = { classWeights: [0.7, 1.3], labelSmoothing: 0.05 } as const

/** Weights after a step on each of these batch sizes. */
async function trained(
  sizes: readonly number[],
  step: (model: Tf.LayersModel) => Promise<Stepper>,
  more: () => Tf.layers.Layer[] = () => [],
) {
  const model = build(more())
  const { next, close } = await step(model)
  const optimiser = { kind: "adam", momentum: 0 } as const
  const values = model.trainableWeights.map((weight) => weight.read().dataSync<"float32">().slice())
  const state = newOptimiserState(
    optimiser,
    values.map(({ length }) => length),
  )
  const rng = new Rng("shares")
  const losses: number[] = []
  for (const size of sizes) {
    const { lossSum, correct, gradients } = await next(batchOf(rng, size))
    losses.push(lossSum, correct)
    optimiserStep(optimiser, state, 0.01, values, gradients)
    model.trainableWeights.forEach((weight, i) => {
      weight.write(tf.tensor(values[i], weight.shape as number[]))
    })
  }
  await close()
  const moved = model.nonTrainableWeights.map((weight) => weight.read().dataSync<"float32">().slice())
  return { values: [...values, ...moved], losses }
}
interface Stepper {
  next(batch: ReturnType<typeof batchOf>): StepResult | Promise<StepResult>
  close(): Promise<void>
}

const alone = (model: Tf.LayersModel): Promise<Stepper> =>
  Promise.resolve({
    next: (batch) => trainingStep(tf, model, SHAPE, batch, config),
    close: () => Promise.resolve(),
  })
const inShards =
  (shards: number) =>
  async (model: Tf.LayersModel): Promise<Stepper> => {
    const team = await ShardTeam.start(tf, model, SHAPE, shards, "wasm")
    return { next: (batch) => team.step(batch, config), close: () => team.close() }
  }

const normalisation = (): Tf.layers.Layer[] => [tf.layers.batchNormalization({ momentum: 0.9 })]

for (const [what, more] of [
  ["shards train as one does, up to the order of additions, and the same way each time", () => []],
  ["batch normalisation is over the whole batch, whatever the shards", normalisation],
] as const) {
  test(what, () => agree(more))
}

async function agree(more: () => Tf.layers.Layer[]): Promise<void> {
  const sizes = [7, 8, 1, 5]
  const one = await trained(sizes, alone, more)
  for (const shards of [2, 3]) {
    const several = await trained(sizes, inShards(shards), more)
    for (const [i, loss] of one.losses.entries()) assert.ok(Math.abs(loss - several.losses[i]) < 1e-4)
    for (const [i, values] of one.values.entries()) {
      for (const [k, value] of values.entries()) {
        assert.ok(Math.abs(several.values[i][k] - value) < 1e-4, `${shards} shards, weight ${i}/${k}`)
      }
    }
    assert.deepEqual(await trained(sizes, inShards(shards), more), several)
  }
}

test("a model that a shard cannot stand for is refused by the name of the layer", async () => {
  for (const layer of [
    tf.layers.batchNormalization({ name: "norm", axis: 1 }),
    tf.layers.dropout({ rate: 0.5, name: "drop" }),
  ]) {
    await assert.rejects(
      () => ShardTeam.start(tf, build([layer]), SHAPE, 2, "wasm"),
      (error) => hasCode(error, "fit/shards") && error.message.includes(layer.name),
    )
  }
})

test("a shard that fails ends the step for all of them", async () => {
  const team = await ShardTeam.start(tf, build(normalisation()), SHAPE, 2, "wasm")
  try {
    const broken = { rows: new Float32Array(90 * 6 - 1), labels: Uint8Array.of(0, 1, 0, 1, 0, 1) }
    await assert.rejects(() => team.step(broken, config))
  } finally {
    await team.close()
  }
})
