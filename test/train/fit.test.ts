import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "@sourceprint/train/checkpoint.js"
import { type FitResult, fit, readWeights } from "@sourceprint/train/fit.js"
import type { ResolvedTraining } from "@sourceprint/train/plan.js"
import type { TrainingRows } from "@sourceprint/train/training-rows.js"
import { trainingStep, weightedLoss } from "@sourceprint/train/training-step.js"
import type * as Tf from "@tensorflow/tfjs"

const { tf } = await selectEngine("wasm")

/** Everything that carries state: normalisation, dropout, a constraint that moves weights, weight decay. */
const build = (): Tf.LayersModel => {
  const dense = (units: number, seed: number, more: object) =>
    tf.layers.dense({ units, kernelInitializer: tf.initializers.glorotUniform({ seed }), ...more })
  return tf.sequential({
    layers: [
      dense(6, 1, { inputShape: [3], kernelConstraint: tf.constraints.unitNorm({ axis: 0 }), name: "a" }),
      tf.layers.batchNormalization({ momentum: 0.9, name: "b" }),
      tf.layers.dropout({ rate: 0.3, name: "c" }),
      dense(1, 2, { activation: "sigmoid", kernelRegularizer: tf.regularizers.l2({ l2: 1e-3 }), name: "d" }),
    ],
  })
}

const batchOf = (rng: Rng, n: number) => {
  const labels = Uint8Array.from({ length: n }, (_, i) => i % 2)
  const rows = Float32Array.from({ length: 3 * n }, (_, i) => rng.normal() + (labels[Math.floor(i / 3)] === 1 ? 1 : 0))
  return { rows, labels }
}
const rows: TrainingRows = {
  classWeights: [1, 1],
  epoch: (epoch) => ({ count: 3, at: (batch) => batchOf(new Rng(`${epoch}/${batch}`), 8) }),
}
const training: ResolvedTraining = {
  epochs: 5,
  batchSize: 8,
  learningRate: 0.05,
  patience: 3,
  optimiser: { kind: "adam" },
  schedule: { kind: "cosine", warmupEpochs: 1, floor: 0 },
  balance: "none",
  stopOn: "dev-loss",
  labelSmoothing: 0.05,
}

/** Fits with a stop before batch `stopAt` of every attempt, until it is through. */
async function fitWithStops(stopAt: number, change: Partial<ResolvedTraining> = {}) {
  let saved: Uint8Array | undefined
  let result: FitResult | undefined
  let weights: Float32Array[] = []
  for (let attempts = 0; result === undefined && attempts < 50; attempts++) {
    const model = build()
    let batches = 0
    result = await fit({
      tf,
      model,
      engine: "wasm",
      inputShape: [3],
      training: { ...training, ...change },
      rows,
      dev: batchOf(new Rng("dev"), 20),
      rng: new Rng("fit"),
      checkpoints: {
        load: () => Promise.resolve(saved && decodeCheckpoint(saved, "memory")),
        save: (checkpoint: Checkpoint) => {
          saved = encodeCheckpoint(checkpoint)
          return Promise.resolve()
        },
        everyMs: Number.POSITIVE_INFINITY,
      },
      control: {
        get stopping() {
          return batches++ === stopAt
        },
        progress: () => {},
      },
    })
    weights = readWeights(model)
    model.dispose()
  }
  return { result, weights }
}

test("stopped anywhere, the fit ends with the same bits", async () => {
  const whole = await fitWithStops(Number.POSITIVE_INFINITY)
  assert.equal(whole.result?.resumes, 0)
  for (const stopAt of [1, 2, 3, 7]) {
    const { result, weights } = await fitWithStops(stopAt)
    assert.ok((result?.resumes ?? 0) > 0)
    assert.deepEqual(weights, whole.weights)
    assert.deepEqual({ ...result, resumes: 0 }, whole.result)
  }
})

test("early stopping keeps the best epoch's weights", async () => {
  const schedule = { kind: "constant", warmupEpochs: 0 } as const
  const change = { schedule, learningRate: 0.5, epochs: 40, patience: 2 }
  const { result, weights } = await fitWithStops(Number.POSITIVE_INFINITY, change)
  assert.ok(result !== undefined && result.history.length < 40)
  const losses = result.history.map(({ devLoss }) => devLoss)
  assert.equal(losses[result.bestEpoch - 1], Math.min(...losses))
  assert.equal(result.history.length, result.bestEpoch + 2)
  const upToBest = await fitWithStops(Number.POSITIVE_INFINITY, { ...change, epochs: result.bestEpoch })
  assert.deepEqual(upToBest.weights, weights)
})

test("a fit leaves no tensor behind and names a divergence", async () => {
  const before = tf.memory().numTensors
  await fitWithStops(Number.POSITIVE_INFINITY, { epochs: 1 })
  assert.equal(tf.memory().numTensors, before)
  await assert.rejects(
    fitWithStops(Number.POSITIVE_INFINITY, {
      learningRate: Number.POSITIVE_INFINITY,
      optimiser: { kind: "sgd", momentum: 0 },
    }),
    (e) => hasCode(e, "fit/diverged"),
  )
})

test("the hand-made gradient of the loss is the engine's own", () => {
  const batch = batchOf(new Rng("gradient"), 6)
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 1,
        inputShape: [3],
        activation: "sigmoid",
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
      }),
    ],
  })
  const config = { classWeights: [0.5, 2] as const, labelSmoothing: 0.1 }
  const { gradients, lossSum } = trainingStep(tf, model, [3], batch, config)
  const variables = model.trainableWeights.map((weight) => weight.read() as Tf.Variable)
  const { value, grads } = tf.variableGrads(() => {
    const p = model.apply(tf.tensor(batch.rows, [6, 3])) as Tf.Tensor
    const labels = tf.tensor(
      Array.from(batch.labels, (label) => label * 0.8 + 0.1),
      [6, 1],
    )
    const weights = tf.tensor(
      Array.from(batch.labels, (label) => config.classWeights[label]),
      [6, 1],
    )
    const terms = labels
      .mul(p.log())
      .add(tf.sub(1, labels).mul(tf.sub(1, p).log()))
      .mul(weights)
    return terms.mean().neg() as Tf.Scalar
  }, variables)
  for (const [i, { name }] of variables.entries()) {
    const expected = grads[name].dataSync()
    for (const [k, g] of gradients[i].entries()) assert.ok(Math.abs(g - expected[k]) < 1e-5, `${g} ${expected[k]}`)
  }
  const plain = weightedLoss(
    (model.predict(tf.tensor(batch.rows, [6, 3])) as Tf.Tensor).dataSync<"float32">(),
    batch.labels,
    config,
  )
  assert.ok(Math.abs(plain.lossSum - lossSum) < 1e-5)
  assert.ok(Number.isFinite(value.dataSync()[0]))
})
