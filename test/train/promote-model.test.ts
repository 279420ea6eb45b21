import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { exportModel } from "@sourceprint/model/interchange/export-model.js"
import { importModel } from "@sourceprint/model/interchange/import-model.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import { aliasHistory, currentAliases } from "@sourceprint/model/model-aliases.js"
import {
  listModels,
  modelFolder,
  moveAlias,
  readVerifiedModel,
  rollBackAlias,
} from "@sourceprint/model/model-registry.js"
import { type PromoteRequest, promoteModels } from "@sourceprint/train/promote-model.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { readScores } from "@sourceprint/train/run-record.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let request: PromoteRequest

before(async () => {
  tiny = await tinyScanners({ scanners: 3, fingers: 6 })
  const file = join(tiny.folder, "tiny.yaml")
  const classical = "view: { region: { kind: sensor-window, sidePx: 32 } }"
  const yaml = tinyExperiment(tiny.dataset)
    .replace("folds: 3", "fractions: { train: 0.34, dev: 0.33, eval: 0.33 }")
    .replace("training:", `  - id: noise-reference\n    ${classical}\ntraining:`)
  await writeFile(file, yaml)
  const result = await runExperiment(file, { runsFolder: join(tiny.folder, "runs") })
  assert.equal(result.state, "finished")
  request = {
    runFolder: result.runFolder,
    registryFolder: join(tiny.folder, "registry"),
    target: "s0",
    licence: "test only",
    limits: ["generated stripes"],
    clock: systemClock,
  }
})
after(() => tiny.remove())

for (const configuration of ["small-cnn", "noise-reference"]) {
  test(`${configuration}: a promoted model scores every image exactly as its run did`, async () => {
    const [card] = await promoteModels({ ...request, configuration })
    assert.equal(card.id, `tiny-${configuration}-s0`)
    const predictor = await loadPredictor(card.id, { engine: "wasm", registryFolder: request.registryFolder })
    assert.equal(predictor.targetScanner, "s0")
    const scores = await readScores(request.runFolder, card.origin.cell)
    assert.ok(scores.length > 8)
    for (const { path, score } of scores) {
      const [verdict] = await predictor.predict([await readGrayImage(join(tiny.dataset, path))])
      assert.ok(Math.abs(verdict.probTargetScanner - score) < 1e-6, `${path}: ${verdict.probTargetScanner}, ${score}`)
      assert.equal(verdict.accepted, verdict.probTargetScanner >= card.threshold.value)
    }
    predictor.dispose()
  })
}

test("the card holds what a user needs, and an id is never given twice", async () => {
  const [{ id, card }] = await listModels(request.registryFolder)
  assert.ok(card)
  assert.deepEqual(card.task, { target: "s0", others: ["s1", "s2"] })
  assert.ok(card.metrics.eval.fnmr.trials > 0 && card.limits.includes("generated stripes"))
  assert.match(card.threshold.chosenOn, /dev/)
  await assert.rejects(promoteModels({ ...request, configuration: card.model.id, id }), (e) =>
    hasCode(e, "model/exists"),
  )
})

test("unknown configurations and targets are named with what there is", async () => {
  await assert.rejects(
    promoteModels({ ...request, configuration: "resnet" }),
    (e) => hasCode(e, "promote/configuration") && e.message.includes("small-cnn"),
  )
  await assert.rejects(
    promoteModels({ ...request, target: "s9" }),
    (e) => hasCode(e, "promote/target") && e.message.includes("s0"),
  )
})

test("one flipped bit in a file, or a threshold changed on the card, and the model is refused", async () => {
  const [card] = await promoteModels({ ...request, id: "attacked" })
  const folder = join(request.registryFolder, card.id)
  const name = Object.keys(card.files)[0]
  const bytes = await readFile(join(folder, name))
  await writeFile(
    join(folder, name),
    bytes.map((byte, i) => (i === 10 ? byte ^ 1 : byte)),
  )
  await assert.rejects(
    loadPredictor(folder, { engine: "wasm" }),
    (e) => hasCode(e, "model/tampered") && e.message.includes(name),
  )
  await writeFile(join(folder, name), bytes)
  assert.equal((await readVerifiedModel(folder)).card.id, "attacked")
  const text = await readFile(join(folder, "card.json"), "utf8")
  await writeFile(join(folder, "card.json"), text.replace(/"value": [^,]+/, '"value": 0'))
  await assert.rejects(
    loadPredictor(folder, { engine: "wasm" }),
    (e) => hasCode(e, "model/tampered") && e.message.includes("card.json"),
  )
  await writeFile(join(folder, "card.json"), "{}")
  await assert.rejects(readVerifiedModel(folder), (e) => hasCode(e, "model/card"))
})

test("an alias stands for a model, is moved and rolled back with who and why; predictions follow it", async () => {
  const { registryFolder } = request
  const [cnn, noise] = ["tiny-small-cnn-s0", "tiny-noise-reference-s0"]
  const reason = (why: string) => ({ by: "ada", why, clock: systemClock })
  await moveAlias(registryFolder, "production", cnn, reason("first"))
  await moveAlias(registryFolder, "candidate", noise, reason("to be tried"))
  const idOf = async (): Promise<string> => {
    const predictor = await loadPredictor("production", { engine: "wasm", registryFolder })
    predictor.dispose()
    return predictor.modelId
  }
  assert.equal(await idOf(), cnn)
  await moveAlias(registryFolder, "production", noise, reason("better on eval"))
  assert.equal(await idOf(), noise)
  await rollBackAlias(registryFolder, "production", reason("worse at the door"))
  assert.equal(await idOf(), cnn)
  assert.deepEqual(
    (await aliasHistory(registryFolder)).map(({ alias, model, by, why }) => [alias, model, by, why]),
    [
      ["production", cnn, "ada", "first"],
      ["candidate", noise, "ada", "to be tried"],
      ["production", noise, "ada", "better on eval"],
      ["production", cnn, "ada", "worse at the door"],
    ],
  )
  assert.equal((await currentAliases(registryFolder)).get("candidate")?.model, noise)

  const refused = async (code: string, work: Promise<unknown>): Promise<void> =>
    await assert.rejects(work, (e) => hasCode(e, code))
  await refused("model/alias", rollBackAlias(registryFolder, "candidate", reason("none before")))
  await refused("model/alias", moveAlias(registryFolder, cnn, noise, reason("a model's id")))
  await refused("model/alias", moveAlias(registryFolder, "Production", noise, reason("capitals")))
  await refused("model/alias", moveAlias(registryFolder, "candidate", cnn, reason(" ")))
  await refused("model/unknown", moveAlias(registryFolder, "candidate", "nothing", reason("no such model")))
  await refused("model/exists", promoteModels({ ...request, id: "production" }))
  const file = join(registryFolder, "aliases.jsonl")
  const text = await readFile(file, "utf8")
  await writeFile(file, `${text}half a li`)
  await refused("model/aliases", modelFolder(registryFolder, "production"))
  await writeFile(file, text)
})

test("a promoted network is exported for Keras and imported with its card; a classical model is refused", async () => {
  const registryFolder = join(tiny.folder, "exported")
  const [network] = await promoteModels({ ...request, registryFolder, configuration: "small-cnn" })
  const bytes = await exportModel(await readVerifiedModel(join(registryFolder, network.id)), "h5", "wasm")
  assert.deepEqual(
    [...bytes.slice(1, 4)],
    [..."HDF"].map((letter) => letter.charCodeAt(0)),
  )
  const imported = await importModel({ bytes, card: network, id: "back", registryFolder })
  assert.match(imported.limits.at(-1) ?? "", /not measured again/)
  const image = await readGrayImage(
    join(tiny.dataset, (await readScores(request.runFolder, network.origin.cell))[0].path),
  )
  const said = []
  for (const id of [network.id, "back"]) {
    const predictor = await loadPredictor(id, { engine: "wasm", registryFolder })
    said.push((await predictor.predict([image]))[0].probTargetScanner)
    predictor.dispose()
  }
  assert.ok(Math.abs(said[0] - said[1]) < 1e-6, `${said}`)
  const [classical] = await promoteModels({ ...request, registryFolder, configuration: "noise-reference" })
  await assert.rejects(
    exportModel(await readVerifiedModel(join(registryFolder, classical.id)), "keras", "wasm"),
    (error) => hasCode(error, "interchange/kind"),
  )
})
