import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { modelFolder, readVerifiedModel } from "@sourceprint/model/model-registry.js"
import { jobSamples } from "@sourceprint/train/job-samples.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { verdictSentence } from "@sourceprint/train/report/verdict.js"
import { verificationSentence } from "@sourceprint/train/report/verification-section.js"
import { reportRun } from "@sourceprint/train/report.js"
import { planFile, type RunResult, runExperiment } from "@sourceprint/train/run-experiment.js"
import { type TinyScanners, tinyScanners } from "../support/tiny-scanners.js"

const yaml = (dataset: string): string => `name: units
dataset: { folder: ${dataset} }
tasks: { kind: verification, targets: [s0], enrolmentImages: [1, 2] }
split: { by: subject, fractions: { train: 0.34, dev: 0.33, eval: 0.33 } }
view: { region: { kind: sensor-window, sidePx: 32 } }
models: [{ id: noise-reference-v2 }]
seeds: [1, 2]
`

let tiny: TinyScanners
let file: string
let result: RunResult
before(async () => {
  tiny = await tinyScanners({ scanners: 3, fingers: 6 })
  file = join(tiny.folder, "units.yaml")
  await writeFile(file, yaml(tiny.dataset))
  result = await runExperiment(file, { runsFolder: join(tiny.folder, "runs") })
  assert.equal(result.state, "finished", JSON.stringify(result.failures))
})
after(() => tiny.remove())

test("a scanner is enrolled from its own images, of people on no other side; each seed draws others", async () => {
  const { plan, samples } = await planFile(file)
  assert.deepEqual(
    plan.tasks.map(({ id }) => id),
    ["s0 from 1 image", "s0 from 2 images", "s0 split in two, from 2 images"],
  )
  for (const job of plan.jobs) {
    const { train, dev, eval: evaluation } = jobSamples(samples, job)
    const { target, verification } = job.task
    assert.equal(train.length, verification?.enrolmentImages)
    assert.ok(train.every(({ sample, label }) => sample.scanner === target && label === 1))
    const people = [train, dev, evaluation].map((side) => new Set(side.map(({ sample }) => sample.subject)))
    assert.deepEqual(
      [...people[0]].filter((person) => people[1].has(person) || people[2].has(person)),
      [],
    )
    assert.deepEqual(
      [...people[1]].filter((person) => people[2].has(person)),
      [],
    )
    if (verification?.splitUnit) {
      for (const side of [dev, evaluation]) {
        assert.ok(side.every(({ sample }) => sample.scanner === target))
        const halves = [0, 1].map((half) =>
          side.filter(({ label }) => label === half).map(({ sample }) => sample.subject),
        )
        assert.ok(halves.every((half) => half.length === 2) && !halves[0].includes(halves[1][0]))
      }
    } else {
      for (const { sample, label } of evaluation) assert.equal(label === 1, sample.scanner === target)
      assert.equal(new Set(evaluation.map(({ sample }) => sample.scanner)).size, 3)
    }
  }
  const first = plan.jobs[0]
  const drawn = new Set([1, 2, 3, 4, 5, 6].map((seed) => jobSamples(samples, { ...first, seed }).train[0].sample.path))
  assert.ok(drawn.size > 1, "six seeds draw one image")
})

test("figures by number of images, the control apart; page, verdict and card say them", async () => {
  const [summary] = result.metrics?.arms ?? []
  const figures = summary.verification ?? []
  assert.deepEqual(
    figures.map(({ enrolmentImages, splitUnit }) => [enrolmentImages, splitUnit ?? false]),
    [
      [1, false],
      [2, false],
      [2, true],
    ],
  )
  // Two seeds; on eval two people a scanner, two images each; of the control, one of them each.
  for (const { fmr, fnmr, splitUnit } of figures) {
    assert.equal(fnmr.trials, 2 * 2 * (splitUnit ? 1 : 2))
    assert.equal(fmr.trials, 2 * 2 * (splitUnit ? 1 : 4))
  }
  assert.equal(summary.pooled.fnmr.trials, 2 * 2 * 2 * 2, "without the control")
  assert.deepEqual(summary.tasks.length, 2)
  assert.ok(result.metrics)
  assert.match(
    verdictSentence(result.metrics, result.config),
    /over 2 enrolments\. EER by enrolment: 1 image .*, 2 images .*; split-unit control .*chance/,
  )
  const page = await reportRun(join(tiny.folder, "runs"), result.runName, {
    reportsFolder: join(tiny.folder, "reports"),
    worstErrors: 1,
  })
  const html = await readFile(page, "utf8")
  assert.match(html, /Is this the scanner of these enrolment images\?/)
  const { fmr, fnmr } = summary.pooled
  assert.match(html, new RegExp(`is wrong in ${fmr.errors + fnmr.errors} of 48 decisions`), "without the control")
  const registryFolder = join(tiny.folder, "registry")
  const cards = await promoteModels({ runFolder: result.runFolder, registryFolder, licence: "test only", limits: [] })
  assert.deepEqual(
    cards.map(({ task, origin }) => [task.target, origin.trainImages.target]),
    [["s0", 2]],
  )
  const { card } = await readVerifiedModel(await modelFolder(registryFolder, cards[0].id))
  assert.match(card.limits.join("\n"), /fixed pattern of its pixels, from 2 images/)
})

test("the sentence says when the control is told apart", () => {
  const rate = (value: number) => ({ value, interval: { low: value - 0.05, high: value + 0.05 } })
  const figures = (splitUnit: true | undefined, eer: number) => ({ enrolmentImages: 4, splitUnit, eer: rate(eer) })
  const sentence = (control: number): string =>
    verificationSentence({
      verification: [figures(undefined, 0.1), figures(true, control)] as never,
    })
  assert.match(sentence(0.48), /within chance\.$/)
  assert.match(sentence(0.3), /not within chance: something other than the unit/)
})

test("too few images to enrol, and a model that needs others to train, are refused by name", async () => {
  await writeFile(file, yaml(tiny.dataset).replace("[1, 2]", "[9]"))
  const { plan, samples } = await planFile(file)
  assert.throws(
    () => jobSamples(samples, plan.jobs[0]),
    (e) => hasCode(e, "job/enrolment") && e.message.includes("has 4 images to enrol, 9 are asked for"),
  )
  await writeFile(
    file,
    yaml(tiny.dataset).replace("noise-reference-v2", "texture-ridge").replace("sidePx: 32", "sidePx: 64"),
  )
  await assert.rejects(
    planFile(file),
    (e) => hasCode(e, "plan/verification") && e.message.includes("noise-reference-v2"),
  )
})
