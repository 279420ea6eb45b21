import assert from "node:assert/strict"
import { access, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { loadRun } from "@sourceprint/train/report/load-run.js"
import { reportSections } from "@sourceprint/train/report.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { jobFolder } from "@sourceprint/train/run-record.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let runsFolder: string
let reportsFolder: string
let name: string
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
  runsFolder = join(tiny.folder, "runs")
  reportsFolder = join(tiny.folder, "reports")
  const file = join(tiny.folder, "tiny.yaml")
  const two = tinyExperiment(tiny.dataset)
    .replace("targets: [s0]", "targets: every")
    .replace("epochs: 4", "epochs: 1")
    .replace("folds: 3", "fractions: { train: 0.34, dev: 0.33, eval: 0.33 }")
  await writeFile(file, `${two}\nsweep: { product: { "split.by": [finger, unsafe-by-image] } }\n`)
  const result = await runExperiment(file, { runsFolder })
  assert.equal(result.state, "finished")
  name = result.runName
})
after(() => tiny.remove())

test("a run becomes one page with every part, and an entry of the index", async () => {
  const [page, index] = await reportRuns({ runsFolder, reportsFolder, which: "new", worstErrors: 2 })
  const text = await readFile(page, "utf8")
  for (const title of [
    "Models compared",
    "By scanner",
    "Scores on eval",
    "Training",
    "Worst errors",
    "Shortcut audit",
    "Cost",
    "How it was run",
  ]) {
    assert.match(text, new RegExp(`<h2 id="[^"]+">${title}</h2>`))
  }
  assert.match(text, /class="banner danger"[\s\S]*Split by image in small-cnn · split.by=unsafe-by-image/)
  assert.match(text, /class="banner verdict"[\s\S]*chosen on dev among 2 models: mean balanced accuracy/)
  assert.match(text, /How much the split by image flatters/)
  assert.equal(text.match(/class="overlay"/g)?.length, 2)
  assert.equal(text.match(/json" data-plot=/g)?.length, 7)
  assert.match(text, /Confusion of/)
  assert.match(text, /Min Cllr/)
  assert.match(text, /Which scanner, by the surest model of/)
  assert.match(text, /grey-occupancy/)
  const content = text.replace(/<script( type="module")?>[\s\S]*?<\/script>/g, "")
  assert.doesNotMatch(content, /NaN|undefined|\[object/)
  const listed = await readFile(index, "utf8")
  assert.match(listed, new RegExp(`"href":"${name}\\.html"`))
  assert.match(listed, /split by image/)
})

test("every section renders by itself, with a title of its own and no hole in its text", async () => {
  const loaded = await loadRun(join(runsFolder, name), name)
  const interruption = {
    cell: loaded.jobs[0]?.done.cell ?? "",
    cause: "node",
    message: "a cable",
    next: "checkpoint",
    occurrence: "1",
    noticedAt: "2026-01-01T00:00:00.000Z",
  } as const
  const ranges = { "training.learningRate": { from: 0.001, to: 0.1, scale: "log" } } as const
  const search = { method: "random", trials: 2, seed: 1, ranges } as const
  const tried = (number: number) => ({
    number,
    values: { "training.learningRate": 0.01 },
    arm: `${number}`,
    figure: 0.9,
  })
  const fmr = loaded.metrics.arms[0].pooled.fmr
  const worstPair = { target: "s0", scanner: "s1", accepted: 1, of: 4 }
  const conditions = [{ kind: "handled", condition: "jpeg 95", fmr, worstPair }] as const
  const run = {
    ...loaded,
    metrics: { ...loaded.metrics, arms: loaded.metrics.arms.map((arm) => ({ ...arm, conditions })) },
    config: { ...loaded.config, search },
    search: { trials: [tried(1), tried(2)] },
    jobs: loaded.jobs.map((job) => ({ ...job, metrics: { ...job.metrics, further: { own: 0.5 } } })),
    interruptions: [interruption],
  }
  const titles = new Set<string>()
  for (const make of reportSections) {
    const section = await make(run, { reportsFolder, worstErrors: 1 })
    assert.ok(section !== undefined && section.blocks.length > 0)
    titles.add(section.title)
    const text = renderReport({ title: "One section", blocks: [section] })
    const content = text.replace(/<script( type="module")?>[\s\S]*?<\/script>/g, "")
    assert.doesNotMatch(content, /NaN|undefined|\[object/, section.title)
  }
  assert.equal(titles.size, reportSections.length)
})

test("the run decides the page: rendered again, the same bytes; a page that is there is left alone", async () => {
  const page = join(reportsFolder, `${name}.html`)
  const before = await readFile(page, "utf8")
  await writeFile(page, "mine")
  assert.equal((await reportRuns({ runsFolder, reportsFolder, which: "new", worstErrors: 2 })).length, 1)
  assert.equal(await readFile(page, "utf8"), "mine")
  await reportRuns({ runsFolder, reportsFolder, which: [name], worstErrors: 2 })
  assert.equal(await readFile(page, "utf8"), before)
})

test("an unfinished run says so, images that are gone are named, unknown names are refused", async () => {
  await rm(join(runsFolder, name, "metrics.json"))
  const { cells: jobs } = JSON.parse(await readFile(join(runsFolder, name, "plan.json"), "utf8"))
  await rm(join(jobFolder(join(runsFolder, name), jobs[0].id), "done.json"))
  await rm(join(reportsFolder, "audits"), { recursive: true })
  await rm(join(tiny.folder, "images"), { recursive: true })
  const [page] = await reportRuns({ runsFolder, reportsFolder, which: [name], worstErrors: 2 })
  const text = await readFile(page, "utf8")
  assert.match(text, /The run is not finished: 3 of 4 jobs/)
  assert.match(text, /2 images are not shown/)
  assert.match(text, /The shortcut audit was not made/)
  const again = async () => (await reportRuns({ runsFolder, reportsFolder, which: "new", worstErrors: 0 })).length
  assert.equal(await again(), 1, "the page shows every finished job: only the index is made")
  await rm(join(jobFolder(join(runsFolder, name), jobs[1].id), "done.json"))
  assert.equal(await again(), 2, "another count of finished jobs: another page")
  const listed = await readFile(join(reportsFolder, "index.html"), "utf8")
  assert.match(listed, /not finished: 2 of 4 jobs/)
  await assert.rejects(reportRuns({ runsFolder, reportsFolder, which: ["nothing"] }), (e) =>
    hasCode(e, "report/no-run"),
  )
})

test("pages of runs that are gone are forgotten only when asked", async () => {
  await rm(join(runsFolder, name), { recursive: true })
  await reportRuns({ runsFolder, reportsFolder, which: "none" })
  await access(join(reportsFolder, `${name}.html`))
  await reportRuns({ runsFolder, reportsFolder, which: "none", prune: true })
  await assert.rejects(access(join(reportsFolder, `${name}.html`)))
})
