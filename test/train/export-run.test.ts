import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { after, before, test } from "node:test"
import { promisify } from "node:util"
import { hasCode } from "@sourceprint/core/errors.js"
import { exportRun } from "@sourceprint/train/export/export-run.js"
import { loadRun } from "@sourceprint/train/report/load-run.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { parse } from "csv-parse/sync"
import { parquetReadObjects } from "hyparquet"
import { kerasPython, peerScript, withoutKeras } from "../support/python-peers.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let folder: string
let out: string
let paths: readonly string[]
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
  const path = join(tiny.folder, "tiny.yaml")
  await writeFile(path, tinyExperiment(tiny.dataset, 'question: "50 % of {s0} & _others_?"'))
  const { runName } = await runExperiment(path, { runsFolder: join(tiny.folder, "runs") })
  folder = join(tiny.folder, "runs", runName)
  out = join(tiny.folder, "exports")
  paths = await exportRun(folder, out)
})
after(() => tiny.remove())

const parquet = async (name: string) => {
  const bytes = await readFile(join(out, name))
  return parquetReadObjects({ file: new Uint8Array(bytes).buffer })
}

test("scores and histories are the run's, to the last bit, in CSV and Parquet", async () => {
  const { jobs } = await loadRun(folder)
  const expected = jobs.flatMap(({ metrics, scores }) =>
    scores.map(({ side, path, label, score }) => [metrics.cell, metrics.fold, side, path, label, score]),
  )
  const rows = (await parquet("scores.parquet")).map((r) => [r.job, r.fold, r.side, r.path, r.label, r.score])
  assert.ok(rows.length > 20)
  assert.deepEqual(rows, expected)
  const csv: Record<string, string>[] = parse(await readFile(join(out, "scores.csv")), { columns: true })
  assert.deepEqual(
    csv.map((r) => [r.job, Number(r.fold), r.side, r.path, Number(r.label), Number(r.score)]),
    expected,
  )
  const epochs = (await parquet("history.parquet")).map((r) => [r.job, r.epoch, r.train_loss, r.dev_accuracy])
  assert.deepEqual(
    epochs,
    jobs.flatMap(({ metrics }) =>
      metrics.history.map((e) => [metrics.cell, e.epoch, e.trainLoss, e.devAccuracy] as const).map((row) => [...row]),
    ),
  )
})

test("the LaTeX table and the BibTeX entry have the figures and escape what people wrote", async () => {
  const { metrics } = await loadRun(folder)
  const table = await readFile(join(out, "models.tex"), "utf8")
  const [{ pooled }] = metrics.arms
  assert.ok(table.includes((100 * pooled.balancedAccuracy.value).toFixed(2)))
  assert.ok(table.includes(`${pooled.fmr.errors}/${pooled.fmr.trials}`))
  assert.match(
    await readFile(join(out, "run.bib"), "utf8"),
    /title = \{50 \\% of \\textbraceleft\{\}s0\\textbraceright\{\} \\& \\_others\\_\?\},/,
  )
})

test("TensorFlow reads the events of each job: every epoch, the checksums right", { skip: withoutKeras }, async () => {
  const { jobs } = await loadRun(folder)
  const [{ metrics }] = jobs
  const of = join(out, "tensorboard", metrics.cell)
  const [name] = await readdir(of)
  const { stdout } = await promisify(execFile)(kerasPython, [peerScript("read_events.py"), join(of, name)])
  const found = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as [number, string, number][]
  const losses = found.filter(([, tag]) => tag === "loss/dev").map(([step, , value]) => [step, value])
  assert.deepEqual(
    losses,
    metrics.history.map(({ epoch, devLoss }) => [epoch, Math.fround(devLoss)]),
  )
  assert.equal(found.length, 5 * metrics.history.length)
})

test("what is no run is refused, and nothing is written", async () => {
  await assert.rejects(exportRun(dirname(folder), join(tiny.folder, "none")), (e) => hasCode(e, "report/no-run"))
  await assert.rejects(readdir(join(tiny.folder, "none")))
  assert.equal(paths.filter((path) => path.includes("tensorboard")).length, 3)
})
