import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { systemClock } from "@sourceprint/core/clock.js"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { crop } from "@sourceprint/core/image/crop.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { Rng } from "@sourceprint/core/rng.js"
import { BenchmarkConfig } from "@sourceprint/match/benchmark/benchmark-config.js"
import { summariseBenchmark } from "@sourceprint/match/benchmark/benchmark-summary.js"
import { readScores } from "@sourceprint/match/benchmark/read-scores.js"
import { runBenchmark } from "@sourceprint/match/benchmark/run-benchmark.js"
import { ridgeImage } from "../../support/ridge-image.js"
import { sampleOf } from "../../support/small-dataset.js"

/** Three "fingers" of two shifted impressions, and one blank image of the first. */
async function dataset(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchmark-"))
  const samples = []
  for (let finger = 1; finger <= 3; finger++) {
    for (let impression = 1; impression <= 3; impression++) {
      if (impression === 3 && finger > 1) continue
      const whole = ridgeImage(finger, 150, 160)
      const image = impression === 3 ? grayImage(140, 150, 200) : crop(whole, impression, impression, 140, 150)
      const bytes = encodeBmp(image)
      const path = `${finger}_${impression}.bmp`
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, path), bytes)
      const sha256 = createHash("sha256").update(bytes).digest("hex")
      samples.push(sampleOf({ path, sha256, subject: `p${finger}`, impression, widthPx: 140, heightPx: 150 }))
    }
  }
  await writeManifest(folder, samples)
  return folder
}

test("a run that is stopped half way continues, leaves every score, and its report renders", async () => {
  const data = await dataset()
  const runFolder = await mkdtemp(join(tmpdir(), "benchmark-run-"))
  const config = BenchmarkConfig.parse({
    name: "test",
    datasets: [data],
    matchers: ["minutiae"],
    templatesPerCell: 4,
    comparisonsPerCell: 10,
  })
  const real = localLauncher({ workers: 2, memoryMbPerWorker: 2000, crashRetries: 0 })
  const stopper = new AbortController()
  const halfWay: Launcher = {
    launch: async (request) => {
      await real.launch({ ...request, jobs: request.jobs.slice(0, 1) })
      stopper.abort()
    },
  }
  assert.equal(await runBenchmark(config, runFolder, { launcher: halfWay, signal: stopper.signal }), undefined)
  const before = await readdir(join(runFolder, "cells"))
  assert.equal(before.length, 1)
  let launched = 0
  const counting: Launcher = {
    launch: (request) => {
      launched += request.jobs.length
      return real.launch(request)
    },
  }
  const scores = await runBenchmark(config, runFolder, { launcher: counting })
  assert.equal(launched, 1 + 3) // one template job is there already, three score jobs
  assert.equal(scores?.[0].comparisons.length, 21)
  const failed = scores?.[0].templates.filter((t) => t.failure !== null) ?? []
  assert.deepEqual(
    failed.map((t) => t.failure),
    ["no-contrast"],
  )
  for (const c of scores?.[0].comparisons ?? []) {
    const touchesFailure = [c.reference, c.probe].some((i) => scores?.[0].templates[i].failure !== null)
    assert.equal(c.score === 0, touchesFailure)
  }
  assert.ok(!(await readdir(runFolder)).includes("cells"))
  assert.deepEqual(await readScores(runFolder, "minutiae"), scores)
  assert.deepEqual(await runBenchmark(config, runFolder, { launcher: counting }), scores)
  assert.equal(launched, 4) // nothing was done again
  const options = { reportsFolder: join(runFolder, "reports"), clock: systemClock, worst: 1 }
  const { reportFile } = await summariseBenchmark(config, runFolder, scores ?? [], options)
  const page = await readFile(reportFile, "utf8")
  assert.match(page, /mean EER/)
  assert.match(page, /same finger/)
  await assert.rejects(runBenchmark({ ...config, seed: 2 }, runFolder, { launcher: real }), (e) =>
    hasCode(e, "benchmark/config-differs"),
  )
})

test("rows of a manifest in any order: the same scores, also where it changes between two calls", async () => {
  const data = await dataset()
  // The third impression of a finger is the first of another session: their numbers do not order them.
  const written = (await readManifest(data)).map((sample) =>
    sample.impression === 2 ? { ...sample, impression: 1, session: "second" } : sample,
  )
  const launcher = localLauncher({ workers: 2, memoryMbPerWorker: 2000, crashRetries: 0 })
  const config = BenchmarkConfig.parse({ name: "test", datasets: [data], matchers: ["minutiae"] })
  const outcome = async (rows: typeof written) => {
    await writeManifest(data, rows)
    const runFolder = await mkdtemp(join(tmpdir(), "benchmark-run-"))
    await runBenchmark(config, runFolder, { launcher })
    return await readFile(join(runFolder, "scores", "minutiae-a.csv"), "utf8")
  }
  const expected = await outcome(written)
  for (const seed of [1, 2]) assert.equal(await outcome(new Rng(seed).shuffled(written)), expected)

  // Parts that an older program made for another order are not taken for parts of this one.
  const runFolder = await mkdtemp(join(tmpdir(), "benchmark-run-"))
  await mkdir(join(runFolder, "plans"), { recursive: true })
  await mkdir(join(runFolder, "cells"), { recursive: true })
  await writeFile(join(runFolder, "plans", "a.json"), "another plan")
  await writeFile(join(runFolder, "cells", "minutiae-a-scores-0.json"), '{"cpuMs":0,"scores":[]}')
  await runBenchmark(config, runFolder, { launcher })
  assert.equal(await readFile(join(runFolder, "scores", "minutiae-a.csv"), "utf8"), expected)
})

const onThisMachine = localLauncher({ workers: 2, memoryMbPerWorker: 2000, crashRetries: 0 })

test("where nothing was enrolled there is no error rate; a stated resolution wins over the manifest's", async () => {
  const data = await dataset()
  const wrong = (await readManifest(data)).map((sample) => ({ ...sample, dpi: 96 as const }))
  await writeManifest(data, wrong)
  const configOf = (dpi?: number | "unknown") =>
    BenchmarkConfig.parse({ name: "dpi", datasets: [data], matchers: ["minutiae"], dpi })
  const run = async (dpi?: number | "unknown") => {
    const folder = await mkdtemp(join(tmpdir(), "benchmark-run-"))
    const scores = (await runBenchmark(configOf(dpi), folder, { launcher: onThisMachine })) ?? []
    const options = { reportsFolder: join(folder, "reports"), clock: systemClock, worst: 0 }
    return { folder, scores, summarise: (of = scores) => summariseBenchmark(configOf(dpi), folder, of, options) }
  }
  const failed = await run()
  await assert.rejects(
    failed.summarise(),
    (e) =>
      hasCode(e, "benchmark/nothing-enrolled") &&
      /minutiae on a: 6 no-fingerprint, 1 no-contrast/.test(e.message) &&
      !/50/.test(e.message),
  )
  const stated = await run(500)
  const { metrics, withoutFigures, meanEers } = await stated.summarise()
  assert.equal(metrics.length, 1)
  assert.deepEqual([withoutFigures, meanEers.size], [[], 1])
  const unknown = await run("unknown")
  assert.deepEqual(
    unknown.scores.map(({ templates }) => templates.map(({ failure }) => failure)),
    stated.scores.map(({ templates }) => templates.map(({ failure }) => failure)),
  )
  // One set with figures, one without: the first is reported, and there is no mean.
  const both = [...stated.scores, ...failed.scores.map((set) => ({ ...set, set: "b" }))]
  const partly = await stated.summarise(both)
  assert.deepEqual([partly.metrics.length, partly.withoutFigures.length, partly.meanEers.size], [1, 1, 0])
  const page = await readFile(partly.reportFile, "utf8")
  assert.match(page, /Nothing was enrolled/)
  assert.match(page, /benchmark-\S+ version 1/)
})

test("scores that are not there are an error that says what to run", async () => {
  await assert.rejects(readScores("/nowhere", "minutiae"), (e) => hasCode(e, "benchmark/no-scores"))
})
