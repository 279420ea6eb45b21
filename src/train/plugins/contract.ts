import assert from "node:assert/strict"
import { defined } from "@sourceprint/core/defined.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { InputContract, rowsPerImage, type ViewConfig } from "@sourceprint/model/input-contract.js"
import { loadLayersModel } from "@sourceprint/model/load-layers-model.js"
import { classicalKinds, readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { encodeImage, rowLength } from "@sourceprint/model/view/encode-image.js"
import type * as Tf from "@tensorflow/tfjs"
import { TrainingConfig } from "../experiment-config.js"
import { predictRows } from "../fit.js"
import { type TrainedModel, trainedClassical, trainedLayers } from "../trained-model.js"
import { trialStep } from "../trial-step.js"
import type { LabelledRows, LayersRecipe, ModelEntry, ModelPlan, TfModule } from "../zoo/model-entry.js"
import type { AugmentationEntry, MetricEntry, Plugin } from "./plugin.js"

/** One promise of the contract; `run` throws or rejects where it is not kept. */
export interface ContractCheck {
  readonly name: string
  run(): void | Promise<void>
}

const view: ViewConfig = { region: { kind: "sensor-window", sidePx: 128 } }

/** Generated: four images of the target scanner, whose rows are darker by turns, and two each of two others. */
const images = Array.from({ length: 8 }, (_, i): GrayImage => {
  const rng = new Rng(i)
  const scanner = i < 4 ? 0 : 1 + (i % 2)
  const ridge = (x: number, y: number): number => 40 * Math.sin(x / 1.5 + y / 3) + (y % (scanner + 2)) * 9
  const pixels = Uint8Array.from(
    { length: 160 * 160 },
    (_, k) => 120 + ridge(k % 160, Math.floor(k / 160)) + 6 * rng.normal(),
  )
  return { width: 160, height: 160, pixels, dpi: 500 }
})

function rowsOf(plan: ModelPlan): LabelledRows {
  const [length, each] = [rowLength(plan.input), rowsPerImage(plan.input)]
  const rows = new Float32Array(images.length * each * length)
  for (const [i, image] of images.entries()) rows.set(encodeImage(image, plan.input), i * each * length)
  const ofImage = (row: number): number => Math.floor(row / each)
  const labels = Uint8Array.from({ length: images.length * each }, (_, row) => (ofImage(row) < 4 ? 1 : 0))
  const sources = Uint16Array.from(labels, (label, row) => (label === 1 ? 0 : 1 + (ofImage(row) % 2)))
  return { rows, rowLength: length, labels, sources }
}

/** Two steps, or one fit: as experiments train it, on next to nothing. */
async function trained(tf: TfModule, plan: ModelPlan, data: LabelledRows): Promise<TrainedModel> {
  const { recipe, inputShape, input } = plan
  if (recipe.kind === "classical") return trainedClassical(recipe.fit(data, data, 1))
  const model = recipe.build(tf, 1)
  recipe.adapt?.(tf, model, data)
  const count = rowsPerImage(input) * data.rowLength // of the first image and the last
  const rows = Float32Array.from([...data.rows.subarray(0, count), ...data.rows.subarray(-count)])
  const labels = Uint8Array.from({ length: rows.length / data.rowLength }, (_, i) => (i < rowsPerImage(input) ? 1 : 0))
  const training = { ...TrainingConfig.parse({}), ...plan.training, learningRate: 1e-4 }
  const step = trialStep(tf, { training }, model, inputShape, { rows, labels })
  for (let i = 0; i < 2; i++) assert.ok(Number.isFinite((await step()).lossSum), "the loss of a step is not a number")
  return trainedLayers(tf, model, inputShape)
}

/** The model from its files, as reports and predictors read it. */
async function readBack(tf: TfModule, { recipe, inputShape }: ModelPlan, files: ReadonlyMap<string, Uint8Array>) {
  if (recipe.kind === "classical") {
    const { modelKind, read } = recipe
    const isKnown = classicalKinds.includes(modelKind)
    assert.ok(isKnown || read !== undefined, `a model of kind ${modelKind} needs read(), which reads its files`)
    const model = isKnown || read === undefined ? readClassicalModel(modelKind, files) : read(files)
    assert.equal(model.kind, modelKind, "the kind that is read is the kind that is promised")
    return { predict: (rows: Float32Array) => model.predict(rows), dispose: () => {} }
  }
  const model = await loadLayersModel(tf, files)
  return {
    predict: (rows: Float32Array) => predictRows(tf, model, inputShape, rows),
    dispose: () => void model.dispose(),
  }
}

const flatWeights = (model: Tf.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => Float32Array.from(weight.dataSync<"float32">()))

function checkNetwork(tf: TfModule, { build }: LayersRecipe, inputShape: readonly number[]): void {
  const before = tf.memory().numTensors
  const [first, again, other] = [build(tf, 5), build(tf, 5), build(tf, 6)]
  assert.deepEqual(flatWeights(first), flatWeights(again), "the same seed gives other weights")
  assert.notDeepEqual(flatWeights(first), flatWeights(other), "another seed gives the same weights")
  const out = tf.tidy(() => {
    const scores = first.predict(tf.randomNormal([2, ...inputShape], 0, 1, "float32", 3))
    assert.ok(!Array.isArray(scores), "a model has one output")
    assert.deepEqual(scores.shape, [2, 1], "a model gives (N, 1)")
    return scores.dataSync<"float32">()
  })
  for (const score of out) assert.ok(score >= 0 && score <= 1, `${score} is not a probability`)
  for (const model of [first, again, other]) model.dispose()
  assert.equal(tf.memory().numTensors, before, "tensors are left")
}

/** What an experiment, its report and the registry rely on of every model. @param tf of an engine (`selectEngine`) */
export function modelChecks(entry: ModelEntry, tf: TfModule): ContractCheck[] {
  const { id } = entry
  return [
    {
      name: `${id}: settings are strict and all have defaults`,
      run() {
        assert.throws(() => entry.plan({ "no such setting": 1 }, view), "an unknown setting is accepted")
        const plan = entry.plan(undefined, view)
        assert.deepEqual(InputContract.parse(plan.input), plan.input)
        assert.ok(plan.training.epochs >= 1 && plan.training.batchSize >= 1)
      },
    },
    {
      name: `${id}: trained, written and read again it gives the same probabilities`,
      async run() {
        const plan = entry.plan(undefined, view)
        const model = await trained(tf, plan, rowsOf(plan))
        const reader = await readBack(tf, plan, await model.files())
        for (const image of images.slice(3, 5)) {
          const rows = encodeImage(image, plan.input)
          const [expected, read] = [model.predict(rows), reader.predict(rows)]
          assert.equal(expected.length, rowsPerImage(plan.input), "a probability for each row")
          for (const [i, probability] of expected.entries()) {
            assert.ok(probability >= 0 && probability <= 1, `${probability} is not a probability`)
            assert.ok(Math.abs(probability - (read[i] ?? Number.NaN)) < 1e-6, `${probability}, read again ${read[i]}`)
          }
        }
        reader.dispose()
        model.dispose()
      },
    },
    {
      name: `${id}: a network gives (N, 1) in [0, 1]; a seed gives the same weights; nothing leaks`,
      run() {
        const { recipe, inputShape } = entry.plan(undefined, view)
        if (recipe.kind === "layers") checkNetwork(tf, recipe, inputShape)
      },
    },
  ]
}

const augmentationCheck = (entry: AugmentationEntry): ContractCheck => ({
  name: `${entry.id}: keeps the size, leaves its input alone, and follows from its random numbers`,
  run() {
    const settings = entry.settings.parse({})
    // Many draws: a change that ignores them and takes place every other time is found all the same.
    for (const seed of Array.from({ length: 40 }, (_, i) => i)) {
      const image = defined(images[seed % images.length])
      const before = image.pixels.slice()
      const [first, again] = [
        entry.change(image, settings, new Rng(seed)),
        entry.change(image, settings, new Rng(seed)),
      ]
      assert.deepEqual([first.width, first.height, first.pixels.length], [image.width, image.height, before.length])
      assert.deepEqual(first.pixels, again.pixels, "the same random numbers give another patch")
      assert.deepEqual(image.pixels, before, "the patch that was given is changed")
    }
  },
})

const metricCheck = (entry: MetricEntry): ContractCheck => ({
  name: `${entry.id}: a number for any scores, the same for the same`,
  run() {
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0))
    const scanners = Array.from(labels, (label, i) => (label === 1 ? "a" : `b${i % 2}`))
    const groups = Array.from(labels, (_, i) => `person-${i >> 3}/finger`)
    const rng = new Rng("scores")
    for (const score of [() => rng.float(), (label: number) => label, (label: number) => 1 - label, () => 0.5]) {
      const judged = { scores: Float64Array.from(labels, score), labels, scanners, groups, threshold: 0.5 }
      const value = entry.measure(judged)
      assert.ok(Number.isFinite(value), `${value} is not a number`)
      assert.equal(entry.measure(judged), value)
    }
  },
})

/** The contract of everything that a plug-in adds. */
export const pluginChecks = (
  { models = [], augmentations = [], metrics = [] }: Plugin,
  tf: TfModule,
): ContractCheck[] => [
  ...models.flatMap((entry) => modelChecks(entry, tf)),
  ...augmentations.map(augmentationCheck),
  ...metrics.map(metricCheck),
]
