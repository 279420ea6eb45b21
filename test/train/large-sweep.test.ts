import assert from "node:assert/strict"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { planFile, runExperiment } from "@sourceprint/train/run-experiment.js"
import { jobStates, listRuns, runNameOf } from "@sourceprint/train/run-folder.js"
import { jobFolder } from "@sourceprint/train/run-record.js"
import { sweepExperiment } from "../support/sweep-experiment.js"
import { tinyScanners } from "../support/tiny-scanners.js"

/** Generous: the full size has its own bounds in `npm run prove -- slurm 6`. */
const CPU_SECONDS = 10

test("10,000 jobs are planned, begun, listed and looked through in seconds of CPU time", async (t) => {
  const tiny = await tinyScanners({ scanners: 4, fingers: 5 })
  t.after(() => tiny.remove())
  const file = join(tiny.folder, "sweep.yaml")
  await writeFile(file, sweepExperiment(tiny.dataset, 250))
  const before = process.cpuUsage()
  const { plan } = await planFile(file)
  assert.equal(plan.jobs.length, 10_000)
  assert.equal(new Set(plan.jobs.map(({ id }) => id)).size, 10_000)
  const runsFolder = join(tiny.folder, "runs")
  let launched = 0
  const nothing: Launcher = {
    launch({ jobs }) {
      launched = jobs.length
      return Promise.resolve()
    },
  }
  const begun = await runExperiment(file, { runsFolder, launcher: nothing })
  assert.deepEqual([begun.state, begun.finishedJobs, launched], ["failed", 0, 10_000])
  const runFolder = join(runsFolder, runNameOf(plan.config))
  for (const { id } of plan.jobs.slice(0, 1000)) {
    await mkdir(jobFolder(runFolder, id), { recursive: true })
    await writeFile(join(jobFolder(runFolder, id), "done.json"), "{}")
  }
  const states = [...(await jobStates(runFolder, plan.jobs)).values()]
  assert.equal(states.filter((state) => state === "finished").length, 1000)
  assert.equal((await listRuns(runsFolder)).runs[0]?.finished, 1000)
  await runExperiment(file, { runsFolder, launcher: nothing })
  assert.equal(launched, 9000)
  const { user, system } = process.cpuUsage(before)
  assert.ok((user + system) / 1e6 < CPU_SECONDS, `${(user + system) / 1e6} s`)
})
