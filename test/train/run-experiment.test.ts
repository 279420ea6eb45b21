import assert from "node:assert/strict"
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { readInterruptions } from "@sourceprint/train/interruptions.js"
import { reportRun } from "@sourceprint/train/report.js"
import { planFile, runExperiment } from "@sourceprint/train/run-experiment.js"
import { deleteRun, describeRun, listRuns, runNameOf } from "@sourceprint/train/run-folder.js"
import { readRunJson } from "@sourceprint/train/run-record.js"
import { environmentFile, jobDoneFile } from "@sourceprint/train/run-schemas.js"
import { killExperiment } from "../support/kill-experiment.js"
import { runDigest } from "../support/run-digest.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let file: string
before(async () => {
  tiny = await tinyScanners({ scanners: 3, fingers: 6 })
  file = join(tiny.folder, "tiny.yaml")
  await writeFile(file, tinyExperiment(tiny.dataset))
})
after(() => tiny.remove())

const runsIn = (name: string): string => join(tiny.folder, name)

test("one worker or two, killed half-way or not: the same bytes; a finished run is left alone", async () => {
  const whole = await runExperiment(file, { runsFolder: runsIn("whole") })
  assert.equal(whole.state, "finished")
  const environment = await readRunJson(join(whole.runFolder, "environment.json"), environmentFile)
  assert.equal(environment?.datasetVersion, 1)
  const expected = await runDigest(whole.runFolder)
  assert.equal(expected.size, 2 + 3 * 4, "plan, metrics; scores, metrics, model.json, weights.bin a job")

  const limits = { workers: 1, memoryMbPerWorker: 2000, crashRetries: 1 }
  const said: string[] = []
  const killed = await runExperiment(file, {
    runsFolder: runsIn("killed"),
    logLine: (line) => said.push(line),
    launcher: {
      launch: (request) =>
        localLauncher(limits).launch({
          ...request,
          moduleUrl: new URL("../support/killed-once-job.js", import.meta.url).href,
        }),
    },
  })
  assert.equal(said.filter((line) => line.includes("SIGKILL")).length, 3, "every job was killed once")
  assert.deepEqual(await runDigest(killed.runFolder), expected)
  const noted = await readInterruptions(killed.runFolder)
  assert.deepEqual(
    noted.map(({ cause, next }) => `${cause} ${next}`),
    new Array(3).fill("crashed checkpoint"),
    "each death of a worker is on record",
  )
  const page = await reportRun(runsIn("killed"), killed.runName, {
    reportsFolder: join(tiny.folder, "reports"),
    worstErrors: 0,
    audit: false,
  })
  const text = await readFile(page, "utf8")
  assert.ok(text.includes("Interruptions") && text.includes("its process ended without a message"))
  assert.ok(noted.every(({ cell: job }) => text.includes(`>${job}<`)))
  for (const job of await readdir(join(killed.runFolder, "cells"))) {
    const done = await readRunJson(join(killed.runFolder, "cells", job, "done.json"), jobDoneFile)
    assert.equal(done?.resumes, 1, "it continued from its checkpoint")
  }

  const again = await runExperiment(file, { runsFolder: runsIn("whole") })
  assert.deepEqual(again.metrics, JSON.parse(JSON.stringify(whole.metrics)))
  assert.deepEqual(await runDigest(whole.runFolder), expected)
})

test(
  "the command and its workers are killed with the first checkpoint; the same command ends with the " + "same bytes",
  async () => {
    const runsFolder = runsIn("group")
    const killed = await killExperiment(file, runsFolder, [], (files) =>
      files.some((path) => path.endsWith("/checkpoint.bin")),
    )
    assert.ok(killed)
    const resumed = await runExperiment(file, { runsFolder })
    assert.deepEqual(await runDigest(resumed.runFolder), await runDigest(join(runsIn("whole"), resumed.runName)))
    const done = await Promise.all(
      (await readdir(join(resumed.runFolder, "cells"))).map((job) =>
        readRunJson(join(resumed.runFolder, "cells", job, "done.json"), jobDoneFile),
      ),
    )
    assert.ok(done.some((job) => job?.resumes === 1))
  },
)

test("a job whose batches are cut into two shards scores as the whole one does", async () => {
  const shared = join(tiny.folder, "shares.yaml")
  await writeFile(shared, tinyExperiment(tiny.dataset).replace("training: {", "training: { shares: 2,"))
  const { state, runFolder } = await runExperiment(shared, { runsFolder: runsIn("shares") })
  assert.equal(state, "finished")
  const scoresOf = async (folder: string): Promise<number[]> => {
    const [job] = await readdir(join(folder, "cells"))
    const lines = (await readFile(join(folder, "cells", job, "scores.csv"), "utf8")).trim().split("\n")
    return lines.slice(1).map((line) => Number(line.split(",").at(-1)))
  }
  const whole = await scoresOf(join(runsIn("whole"), runNameOf((await planFile(file)).plan.config)))
  const parts = await scoresOf(runFolder)
  assert.equal(parts.length, whole.length)
  for (const [i, score] of whole.entries()) assert.ok(Math.abs(score - parts[i]) < 1e-3, `${score} ${parts[i]}`)
})

test("stopped, then resumed: nothing is lost, and other data or another engine is refused by name", async () => {
  const runsFolder = runsIn("stopped")
  const abort = new AbortController()
  const stopped = await runExperiment(file, {
    runsFolder,
    workers: 1,
    signal: abort.signal,
    progress: { start() {}, stop() {}, update: (_, note) => void (note?.includes("epoch") && abort.abort()) },
  })
  assert.equal(stopped.state, "stopped")
  assert.ok(stopped.finishedJobs < 3)
  const listing = await describeRun(runsFolder, stopped.runName)
  assert.equal(listing?.isFinished, false)

  await assert.rejects(
    runExperiment(file, { runsFolder, engine: "cpu" }),
    (e) => hasCode(e, "run/identity") && e.message.includes('the engine was "wasm" and is "cpu"'),
  )
  const manifest = join(tiny.dataset, "manifest.csv")
  const text = await readFile(manifest, "utf8")
  await writeFile(manifest, text.replace(/,set-b|,main/, ",other"))
  await assert.rejects(
    runExperiment(file, { runsFolder }),
    (e) => hasCode(e, "run/identity") && e.message.includes("the hash of the images"),
  )
  await writeFile(manifest, text)

  const lines: string[] = []
  const resumed = await runExperiment(file, { runsFolder, engine: "auto", logLine: (line) => void lines.push(line) })
  assert.ok(
    lines.some((line) => line.includes("engine wasm (the run began with it)")),
    lines.join("\n"),
  )
  assert.equal(resumed.state, "finished")
  assert.deepEqual(await runDigest(resumed.runFolder), await runDigest(join(runsIn("whole"), resumed.runName)))

  await deleteRun(runsFolder, resumed.runName)
  assert.deepEqual((await listRuns(runsFolder)).runs, [])
  await assert.rejects(deleteRun(runsFolder, "../whole"), (e) => hasCode(e, "run/unknown"))
})

test("a job that cannot succeed is named with the cure, the others finish, and the next run repairs it", async () => {
  const runsFolder = runsIn("failing")
  const { plan } = await planFile(file)
  const [{ id }] = plan.jobs
  const damaged = join(runsFolder, runNameOf(plan.config), "cells", id, "checkpoint.bin")
  await mkdir(dirname(damaged), { recursive: true })
  await writeFile(damaged, "no checkpoint")
  const result = await runExperiment(file, { runsFolder })
  assert.equal(result.state, "failed")
  assert.equal(result.finishedJobs, 2)
  assert.deepEqual(
    result.failures.map(({ cell: job, cause }) => [job, cause]),
    [[id, "failed"]],
  )
  assert.match(result.failures[0].message, /checkpoint\.bin is not a checkpoint; delete it/)
  assert.equal((await describeRun(runsFolder, result.runName))?.failed, 1)
  await rm(damaged)
  assert.equal((await runExperiment(file, { runsFolder })).state, "finished")
})
