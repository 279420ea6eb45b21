import assert from "node:assert/strict"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { planFile, runExperiment } from "@sourceprint/train/run-experiment.js"
import { cellStates, listRuns, runNameOf } from "@sourceprint/train/run-folder.js"
import { cellFolder } from "@sourceprint/train/run-record.js"
import { sweepExperiment } from "../support/sweep-experiment.js"
import { tinyScanners } from "../support/tiny-scanners.js"

/** Generous: the full size has its own bounds in `npm run prove -- slurm 6`. */
const CPU_SECONDS = 10

test("10,000 cells are planned, begun, listed and looked through in seconds of CPU time", async (t) => {
  const tiny = await tinyScanners({ scanners: 4, fingers: 5 })
  t.after(() => tiny.remove())
  const file = join(tiny.folder, "sweep.yaml")
  await writeFile(file, sweepExperiment(tiny.dataset, 250))
  const before = process.cpuUsage()
  const { plan } = await planFile(file)
  assert.equal(plan.cells.length, 10_000)
  assert.equal(new Set(plan.cells.map(({ id }) => id)).size, 10_000)
  const runsFolder = join(tiny.folder, "runs")
  let launched = 0
  const nothing: Launcher = {
    launch({ cells }) {
      launched = cells.length
      return Promise.resolve()
    },
  }
  const begun = await runExperiment(file, { runsFolder, launcher: nothing })
  assert.deepEqual([begun.state, begun.finishedCells, launched], ["failed", 0, 10_000])
  const runFolder = join(runsFolder, runNameOf(plan.config))
  for (const { id } of plan.cells.slice(0, 1000)) {
    await mkdir(cellFolder(runFolder, id), { recursive: true })
    await writeFile(join(cellFolder(runFolder, id), "done.json"), "{}")
  }
  const states = [...(await cellStates(runFolder, plan.cells)).values()]
  assert.equal(states.filter((state) => state === "finished").length, 1000)
  assert.equal((await listRuns(runsFolder))[0]?.finished, 1000)
  await runExperiment(file, { runsFolder, launcher: nothing })
  assert.equal(launched, 9000)
  const { user, system } = process.cpuUsage(before)
  assert.ok((user + system) / 1e6 < CPU_SECONDS, `${(user + system) / 1e6} s`)
})
