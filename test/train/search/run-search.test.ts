import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { readConfigText } from "@sourceprint/train/config-file.js"
import { planExperiment } from "@sourceprint/train/plan.js"
import { reportRun } from "@sourceprint/train/report.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { describeRun } from "@sourceprint/train/run-folder.js"
import { runJob } from "@sourceprint/train/run-job.js"
import { readSearch } from "@sourceprint/train/search/search-record.js"
import { runDigest } from "../../support/run-digest.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
})
after(() => tiny.remove())

/** Jobs one after another in this process; `most` launches jobs and then stops. */
const inProcess = (most = Number.POSITIVE_INFINITY): Launcher & { launched: number } => ({
  launched: 0,
  async launch({ jobs, onEvent }) {
    for (const { id, payload } of jobs) {
      if (this.launched >= most) return
      this.launched++
      try {
        await runJob(payload, { stopping: false, progress: () => {} })
        await onEvent({ kind: "finished", id, peakMemoryMb: 0 })
      } catch (error) {
        const message = String(error)
        await onEvent({ kind: "failed", id, cause: "failed", message, occurrence: id })
      }
    }
  },
})

const oneEpoch = (search: string): string =>
  tinyExperiment(tiny.dataset, `search: ${search}\n`).replace("epochs: 3", "epochs: 1")

test("a TPE search that is stopped goes on with the same trials; only the chosen one has figures on eval", async () => {
  const file = join(tiny.folder, "tpe.yaml")
  const search =
    "{ method: tpe, trials: 5, startup: 3, ranges: { training.learningRate: { from: 0.001, to: 0.1, scale: log } } }"
  await writeFile(file, oneEpoch(search))
  const whole = await runExperiment(file, { runsFolder: join(tiny.folder, "whole"), launcher: inProcess() })
  assert.equal(whole.state, "finished")
  assert.equal(whole.jobs, 5 * 3)
  const record = await readSearch(whole.runFolder)
  const figures = record?.trials.map(({ figure }) => figure ?? Number.NaN) ?? []
  assert.equal(figures.length, 5)
  assert.ok(
    figures.every((figure) => figure > 0.4 && figure <= 1),
    `${figures}`,
  )
  assert.equal(whole.metrics?.arms.length, 1)
  const best = figures.indexOf(Math.max(...figures))
  assert.equal(whole.metrics?.winner.arm, record?.trials[best].arm, "the best on dev")
  assert.match(whole.metrics?.winner.rule ?? "", /on dev of 5 settings that a search \(tpe\) tried/)

  const runsFolder = join(tiny.folder, "stopped")
  const cut = await runExperiment(file, { runsFolder, launcher: inProcess(10) })
  assert.equal(cut.metrics, undefined)
  assert.equal((await describeRun(runsFolder, cut.runName))?.finished, 10)
  const rest = inProcess()
  const resumed = await runExperiment(file, { runsFolder, launcher: rest })
  assert.equal(rest.launched, 5, "nothing is done twice")
  assert.deepEqual(await runDigest(resumed.runFolder), await runDigest(whole.runFolder))
  const again = inProcess()
  assert.equal((await runExperiment(file, { runsFolder, launcher: again })).jobs, 15)
  assert.equal(again.launched, 0)

  const page = await reportRun(runsFolder, cut.runName, {
    reportsFolder: join(tiny.folder, "reports"),
    worstErrors: 0,
    audit: false,
  })
  const text = await readFile(page, "utf8")
  for (const said of ["5 trials, all judged on dev", "0.001 to 0.1, log", "chosen on dev by a search"]) {
    assert.ok(text.includes(said), said)
  }
})

test("a trial that cannot succeed counts as the worst and does not end the search", async () => {
  const file = join(tiny.folder, "diverging.yaml")
  const search = "{ method: sobol, trials: 2, ranges: { training.learningRate: { values: [0.001, 0.002] } } }"
  await writeFile(file, oneEpoch(search))
  const launcher = inProcess()
  const failing: Launcher = {
    launch: (request) =>
      launcher.launch({
        ...request,
        jobs: request.jobs.map((job) => (job.id.includes("0-001") ? { ...job, payload: { ...job, spec: job } } : job)),
      }),
  }
  const { state, runFolder, metrics, jobs } = await runExperiment(file, {
    runsFolder: join(tiny.folder, "diverging"),
    launcher: failing,
  })
  assert.equal(state, "finished")
  assert.equal(jobs, 3)
  const trials = (await readSearch(runFolder))?.trials ?? []
  const failed = trials.filter(({ failure }) => failure !== undefined)
  assert.deepEqual(
    failed.map(({ values, figure }) => [values["training.learningRate"], figure]),
    [[0.001, undefined]],
  )
  assert.match(metrics?.winner.label ?? "", /0.002/)
})

test("what cannot be searched is refused by name before anything runs", () => {
  const refused = (search: string, code: string, says: RegExp, more = ""): void => {
    const plan = () =>
      planExperiment(readConfigText(tinyExperiment("x", `search: ${search}\n${more}`), "e.yaml"), ["s0", "s1"])
    assert.throws(plan, (error) => hasCode(error, code) && says.test(error.message))
  }
  const of = (ranges: string) => `{ method: random, trials: 2, ranges: { ${ranges} } }`
  refused(of("split.seed: { from: 1, to: 9, step: 1 }"), "config/search", /split.seed cannot be searched/)
  refused(of("training.learningRate: { from: 1, to: 0.1 }"), "config/invalid", /from must be below to/)
  refused(of("training.learningRate: { from: 0, to: 1, scale: log }"), "config/invalid", /log scale begins above 0/)
  refused(
    of("training.learningRate: { from: 0.1, to: 99 }"),
    "config/invalid",
    /search.ranges training.learningRate=99/,
  )
  refused(
    of("training.learningRate: { from: 0.1, to: 1 }"),
    "config/search",
    /a sweep or a search, not both/,
    "sweep: { product: { training.epochs: [1, 2] } }\n",
  )
})
