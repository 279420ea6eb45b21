import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { newExperiment } from "@sourceprint/train/new-experiment.js"
import { planFile } from "@sourceprint/train/run-experiment.js"
import { type TinyScanners, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
})
after(() => tiny.remove())

test("a new experiment fits the data, can be planned, and overwrites nothing", async () => {
  const folder = join(tiny.folder, "experiments")
  const answers = { name: "first", dataset: tiny.dataset, models: ["small-cnn"], question: "Which one?" }
  const path = await newExperiment(folder, answers)
  const { plan } = await planFile(path)
  assert.equal(plan.config.question, "Which one?")
  assert.deepEqual(plan.config.split, { by: "subject", seed: 1, folds: 5 })
  assert.deepEqual(plan.config.view.region, { kind: "common-window", sidePx: 48 }, "no larger than the images")
  const text = await readFile(path, "utf8")
  await assert.rejects(newExperiment(folder, { ...answers, question: "Another?" }), (e) => hasCode(e, "new/exists"))
  assert.equal(await readFile(path, "utf8"), text)
})

test("models of a sensor's own pixels get windows that they take", async () => {
  const answers = { name: "pattern", dataset: tiny.dataset, models: ["noise-reference-v2", "small-cnn"], question: "?" }
  const { plan } = await planFile(await newExperiment(join(tiny.folder, "pattern"), answers))
  assert.deepEqual(plan.config.view.region, { kind: "sensor-window", sidePx: 48 })
})

test("one person with several fingers is split by finger; what cannot run is not written", async () => {
  const folder = join(tiny.folder, "more")
  const samples = await readManifest(tiny.dataset)
  const one = samples.map((sample) => ({ ...sample, subject: "me", finger: `${sample.subject}-${sample.finger}` }))
  await writeManifest(tiny.dataset, one)
  const answers = { name: "mine", dataset: tiny.dataset, models: ["small-cnn"], question: "Which one?" }
  const { plan } = await planFile(await newExperiment(folder, answers))
  assert.equal(plan.config.split.by, "finger")
  const wrong = newExperiment(folder, { ...answers, name: "other", models: ["no-such-model"] })
  await assert.rejects(wrong, (e) => hasCode(e, "config/invalid"))
  await assert.rejects(readFile(join(folder, "other.yaml")), "nothing is left")
  await writeFile(
    join(tiny.dataset, "manifest.csv"),
    (await readFile(join(tiny.dataset, "manifest.csv"), "utf8")).split("\n", 3).join("\n"),
  )
  await assert.rejects(
    newExperiment(folder, { ...answers, name: "few" }),
    (e) => hasCode(e, "split/too-few") || hasCode(e, "plan/scanner"),
  )
})
