import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { isForgery } from "@sourceprint/core/image/perturbation.js"
import { Rng } from "@sourceprint/core/rng.js"
import { modelFolder, readVerifiedModel } from "@sourceprint/model/model-registry.js"
import { handlings } from "@sourceprint/train/augment/handlings.js"
import { readConditions } from "@sourceprint/train/conditions.js"
import { rowsWithHandled } from "@sourceprint/train/handled-rows.js"
import { datasetImages, openInputs, prepareInputs } from "@sourceprint/train/input-pipeline.js"
import { jobSamples } from "@sourceprint/train/job-samples.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { verdictSentence } from "@sourceprint/train/report/verdict.js"
import { reportRun } from "@sourceprint/train/report.js"
import { planFile, type RunResult, runExperiment } from "@sourceprint/train/run-experiment.js"
import { readRunJson } from "@sourceprint/train/run-record.js"
import { jobMetricsFile } from "@sourceprint/train/run-schemas.js"
import { sourceNames } from "@sourceprint/train/training-rows.js"
import { zooEntry } from "@sourceprint/train/zoo/registry.js"
import { openWorldFigures } from "../../bench/prove/open-world.js"
import { runDigest } from "../support/run-digest.js"
import { type TinyScanners, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let file: string
let result: RunResult
before(async () => {
  tiny = await tinyScanners({ scanners: 4, fingers: 6 })
  file = join(tiny.folder, "open.yaml")
  await writeFile(
    file,
    `name: open
dataset: { folder: ${tiny.dataset} }
tasks: { kind: leave-one-scanner-out, targets: [s0], leftOut: [s1, s2] }
split: { by: finger, fractions: { train: 0.34, dev: 0.33, eval: 0.33 } }
train: { imagesPerScanner: 3 }
eval:
  perturb:
    - { kind: noise, sigma: 20 }
    - [{ kind: rescale, factor: 0.9 }, { kind: equalise }]
    - { kind: match-grey-levels }
view: { region: { kind: sensor-window, sidePx: 32 } }
models: [{ id: noise-reference }]
`,
  )
  result = await runExperiment(file, { runsFolder: join(tiny.folder, "runs") })
  assert.equal(result.state, "finished")
})
after(() => tiny.remove())

test("a scanner that was left out is in neither training nor dev; a scanner trains with so many images", async () => {
  const { plan, samples } = await planFile(file)
  for (const job of plan.jobs) {
    const sides = jobSamples(samples, job)
    const scanners = (side: "train" | "dev" | "eval" | "unseen") =>
      new Set(sides[side].map(({ sample }) => sample.scanner))
    const { unseen } = job.task
    const seen = ["s0", "s1", "s2", "s3"].filter((name) => name !== unseen)
    for (const side of ["train", "dev", "eval"] as const) assert.deepEqual([...scanners(side)].sort(), seen)
    assert.deepEqual([...scanners("unseen")], unseen === undefined ? [] : [unseen])
    assert.equal(sides.train.length, 3 * seen.length)
    assert.ok(sides.unseen.every(({ label }) => label === 0))
  }
})

test("training on handled images has exact halving beside factors near it, and one forgery, the last", () => {
  const drawn = handlings.map((handling) => handling.draw(new Rng(1)))
  assert.ok(drawn.some(([step]) => step?.kind === "rescale-back" && step.factor === 0.5))
  assert.deepEqual(
    drawn.map(isForgery),
    drawn.map((_, index) => index === drawn.length - 1),
  )
})

test("a model that withstands handling sees images as taken, then handled; forged ones are of others", async () => {
  const { plan, samples } = await planFile(file)
  const job = plan.jobs.find(({ task }) => task.unseen === "s1")
  assert.ok(job)
  const { settings, id } = job.configuration.model
  const asPlanned = zooEntry(id).plan(settings, job.configuration.view)
  const some = handlings.filter(({ name }) => ["noisy", "equalised", "forged"].includes(name))
  const { train, ...sides } = jobSamples(samples, job)
  const folder = join(tiny.folder, "handled")
  await prepareInputs(folder, datasetImages(tiny.dataset), samples, [asPlanned.input])
  const inputs = await openInputs(
    folder,
    asPlanned.input,
    train.map(({ index }) => index),
  )
  const names = sourceNames(train)
  const rowsOf = (handled: typeof some) =>
    rowsWithHandled(
      folder,
      samples,
      job,
      { train, ...sides },
      "train",
      { ...asPlanned, handlings: handled },
      inputs,
      names,
    )
  const all = await rowsOf(some)
  const own = train.filter(({ label }) => label === 1).length
  assert.deepEqual(
    [0, 1, 2, 3].map((handling) => all.handlings?.filter((one) => one === handling).length),
    [train.length, train.length, train.length, train.length - own],
  )
  assert.equal(all.rows.length, all.labels.length * all.rowLength)
  for (const [i, { label, source }] of train.entries()) {
    for (const part of [0, 1, 2]) {
      const at = part * train.length + i
      assert.deepEqual([all.labels[at], all.sources[at]], [label, names.indexOf(source)])
    }
    const [taken, noisy] = [0, 1].map((part) => {
      const from = (part * train.length + i) * all.rowLength
      return all.rows.slice(from, from + all.rowLength)
    })
    assert.deepEqual(taken, Float32Array.from(inputs.rows(i)))
    assert.notDeepEqual(noisy, taken)
  }
  assert.deepEqual(await rowsOf(some), all, "the same images are handled in the same way again")
  assert.ok(all.labels.subarray(3 * train.length).every((label) => label === 0))
})

test("figures of each condition follow from the scores that are kept, with counts and interval", async () => {
  const [summary] = result.metrics?.arms ?? []
  const conditions = summary.conditions ?? []
  assert.deepEqual(conditions.map(({ kind, condition }) => `${kind}: ${condition}`).sort(), [
    "forged: match-grey-levels",
    "handled: noise 20",
    "handled: rescale 0.9 + equalise",
    "unseen: never seen",
  ])
  const { plan } = await planFile(file)
  let [accepted, judged] = [0, 0]
  for (const { id } of plan.jobs) {
    const metrics = await readRunJson(join(result.runFolder, "cells", id, "metrics.json"), jobMetricsFile)
    assert.ok(metrics)
    for (const row of await readConditions(result.runFolder, metrics)) {
      assert.equal(row.label === 1, row.scanner === "s0")
      if (row.kind === "forged") assert.notEqual(row.scanner, "s0")
      if (row.kind !== "unseen") continue
      judged++
      if (row.score >= metrics.threshold.threshold) accepted++
    }
  }
  const unseen = conditions.find(({ kind }) => kind === "unseen")
  assert.deepEqual([unseen?.fmr.errors, unseen?.fmr.trials, unseen?.fnmr], [accepted, judged, undefined])
  assert.equal(judged, 2 * 2 * 2, "eval images of two scanners left out: two fingers, two impressions")
  const forged = conditions.find(({ kind }) => kind === "forged")
  assert.equal(forged?.fnmr, undefined)
  assert.ok(conditions.every(({ fmr: { rate, interval } }) => interval.low <= rate && rate <= interval.high))
})

test("`prove -- open-world` prints each condition with its counts; a model to compare with has no bounds", () => {
  const [model] = result.metrics?.arms ?? []
  const [bounded, compared] = [true, false].map((bounds) => openWorldFigures(model, bounds))
  assert.deepEqual(
    bounded.map(({ name, bound }) => [name.replace(/^[^:]*: /, ""), bound?.value]),
    [
      ["known scanners, FMR", 1],
      ["known scanners, FNMR", 2],
      ...(model.conditions ?? []).flatMap(({ kind, condition }) => {
        if (kind === "forged") return [[`${condition}, accepted`, 2]]
        return [
          [`${condition}, FMR`, 1],
          kind === "unseen" ? [`${condition}, worst pair`, 10] : [`${condition}, FNMR`, 5],
        ]
      }),
    ],
  )
  const unseen = model.conditions?.find(({ kind }) => kind === "unseen")
  assert.ok(unseen)
  const { fmr, worstPair } = unseen
  const value = (name: string) => bounded.find((figure) => figure.name.endsWith(name))
  assert.equal(value("never seen, FMR")?.value, 100 * fmr.rate)
  assert.match(value("never seen, FMR")?.note ?? "", new RegExp(`^${fmr.errors} of ${fmr.trials},`))
  assert.equal(value("worst pair")?.value, (100 * worstPair.accepted) / worstPair.of)
  assert.ok(compared.every(({ bound }) => bound === undefined) && compared.length === bounded.length)
})

test("a second run leaves the same bytes; page, verdict and card say what lies beyond the closed set", async () => {
  const again = await runExperiment(file, { runsFolder: join(tiny.folder, "again"), workers: 1 })
  assert.deepEqual(await runDigest(again.runFolder), await runDigest(result.runFolder))
  assert.ok(result.metrics)
  const sentence = verdictSentence(result.metrics, result.config)
  assert.match(sentence, /scanners never seen \d+ of 8 .*after handling at worst .*forged \(match-grey-levels\)/)
  const page = await reportRun(join(tiny.folder, "runs"), result.runName, {
    reportsFolder: join(tiny.folder, "reports"),
    worstErrors: 0,
    audit: false,
  })
  assert.match(await readFile(page, "utf8"), /Images of a scanner never seen that each target/)
  const registryFolder = join(tiny.folder, "registry")
  const cards = await promoteModels({ runFolder: result.runFolder, registryFolder, licence: "test only", limits: [] })
  assert.equal(cards.length, 1, "only the model of all scanners")
  const { card } = await readVerifiedModel(await modelFolder(registryFolder, cards[0].id))
  assert.deepEqual(card.openWorld?.find(({ kind }) => kind === "unseen")?.fmr.trials, 8)
  assert.match(card.limits.join("\n"), /had not seen a scanner accepted \d+ of 8/)
})
