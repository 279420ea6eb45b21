import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { InputContract, rowsPerImage, type ViewConfig } from "@sourceprint/model/input-contract.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import { sealCard } from "@sourceprint/model/model-card.js"
import { writeModel } from "@sourceprint/model/model-registry.js"
import { encodeImage, rowLength } from "@sourceprint/model/view/encode-image.js"
import { votes } from "@sourceprint/model/view/vote.js"
import { newOptimiserState } from "@sourceprint/train/optimiser.js"
import { loadJobModel } from "@sourceprint/train/report/load-job-model.js"
import type { JobMetrics } from "@sourceprint/train/run-record.js"
import { type TrainedModel, trainedClassical, trainedLayers } from "@sourceprint/train/trained-model.js"
import { trainableWeights, trainBatch, trainingStep } from "@sourceprint/train/training-step.js"
import { fileKind, type LabelledRows, type ModelPlan } from "@sourceprint/train/zoo/model-entry.js"
import { zoo, zooEntries, zooEntry } from "@sourceprint/train/zoo/registry.js"
import type { LayersModel } from "@tensorflow/tfjs"

const view: ViewConfig = { region: { kind: "sensor-window", sidePx: 128 } }
const { tf } = await selectEngine("wasm")

/** Four images of the target scanner, whose rows are darker by turns, and two each of two others. */
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
  images.forEach((image, i) => void rows.set(encodeImage(image, plan.input), i * each * length))
  const ofImage = (row: number): number => Math.floor(row / each)
  const labels = Uint8Array.from({ length: images.length * each }, (_, row) => (ofImage(row) < 4 ? 1 : 0))
  const sources = Uint16Array.from(labels, (label, row) => (label === 1 ? 0 : 1 + (ofImage(row) % 2)))
  return { rows, rowLength: length, labels, sources }
}

/** Two steps, or one fit: as experiments train it, on next to nothing. */
async function trained({ recipe, input, inputShape }: ModelPlan, data: LabelledRows): Promise<TrainedModel> {
  if (recipe.kind === "classical") return trainedClassical(recipe.fit(data, data, 1))
  const model = recipe.build(tf, 1)
  recipe.adapt?.(tf, model, data)
  const weights = trainableWeights(model)
  const adam = { kind: "adam", momentum: 0 } as const
  const lengths = weights.map((values) => values.length)
  const state = { tf, model, weights, optimiser: newOptimiserState(adam, lengths) }
  const count = 2 * rowsPerImage(input) // of the first image and the last
  const [first, last] = [
    data.rows.subarray(0, (count / 2) * data.rowLength),
    data.rows.subarray(-(count / 2) * data.rowLength),
  ]
  const batch = {
    rows: Float32Array.from([...first, ...last]),
    labels: Uint8Array.from({ length: count }, (_, i) => (i < count / 2 ? 1 : 0)),
  }
  for (let step = 0; step < 2; step++) {
    const { lossSum } = await trainBatch(state, adam, 1e-4, new Rng(step), () =>
      trainingStep(tf, model, inputShape, batch, { classWeights: [1, 1], labelSmoothing: 0 }),
    )
    assert.ok(Number.isFinite(lossSum))
  }
  return trainedLayers(tf, model, inputShape)
}

const counted = { rate: 0.1, errors: 1, trials: 10, interval: { low: 0, high: 0.4 } }
const figures = { balancedAccuracy: 0.9, fmr: counted, fnmr: counted, eer: 0.1, auc: 0.9 }

const flatWeights = (model: LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => Float32Array.from(weight.dataSync()))

for (const entry of zooEntries) {
  test(`${entry.id}: settings are strict and all have defaults`, () => {
    assert.throws(() => entry.plan({ nonsense: 1 }, view))
    const plan = entry.plan(undefined, view)
    assert.deepEqual(InputContract.parse(plan.input), plan.input)
    assert.ok(plan.training.epochs >= 1 && plan.training.batchSize >= 1)
  })

  test(`${entry.id}: trained, promoted and opened again it gives the same scores; reports read it`, async () => {
    const plan = entry.plan(undefined, view)
    const model = await trained(plan, rowsOf(plan))
    const folder = await mkdtemp(join(tmpdir(), "zoo-"))
    try {
      const files = await model.files()
      const card = sealCard({
        format: "sourceprint-model-1",
        id: `contract-${entry.id}`,
        createdAt: new Date(0).toISOString(),
        task: { target: "a", others: ["b", "c"] },
        model: {
          id: entry.id,
          settings: {},
          kind: fileKind(plan.recipe),
          parameterCount: model.parameterCount,
          sizeBytes: [...files.values()].reduce((sum, { length }) => sum + length, 0),
        },
        input: plan.input,
        threshold: { value: 0.5, policy: "eer", chosenOn: "dev", genuineCount: 1, impostorCount: 1 },
        metrics: { dev: figures, eval: figures, splitBy: "finger" },
        origin: {
          experiment: "contract",
          run: "contract",
          cell: "contract",
          commit: "",
          engine: "wasm",
          datasetHash: "none",
          trainImages: { target: 4, others: 4 },
        },
        licence: "none",
        limits: ["for a test"],
        files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256Hex(bytes)])),
      })
      await writeModel(folder, card, files)
      const cell = join(folder, "cells/contract/model")
      await mkdir(cell, { recursive: true })
      for (const [name, bytes] of files) await writeFile(join(cell, name), bytes)
      const { id, kind } = { id: entry.id, kind: model.kind }
      const metrics = {
        cell: "contract",
        model: { id, kind, parameterCount: model.parameterCount, input: plan.input },
      } as JobMetrics
      const reader = await loadJobModel(tf, folder, metrics, { model: { id, settings: {} }, view })
      const predictor = await loadPredictor(card.id, { engine: "wasm", registryFolder: folder })
      for (const [i, { probTargetScanner }] of (await predictor.predict(images.slice(3, 5))).entries()) {
        const rows = encodeImage(images[3 + i], plan.input)
        const voted = (probabilities: Float32Array): number =>
          votes(probabilities, rowsPerImage(plan.input), plan.input.vote)[0]
        const expected = voted(model.predict(rows))
        assert.ok(expected >= 0 && expected <= 1)
        assert.ok(Math.abs(probTargetScanner - expected) < 1e-6, `${probTargetScanner} ${expected}`)
        assert.ok(Math.abs(voted(reader.predict(rows)) - expected) < 1e-6)
      }
      for (const one of [reader, predictor, model]) one.dispose()
    } finally {
      await rm(folder, { recursive: true })
    }
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
