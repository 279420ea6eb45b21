import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import type { JobEvent } from "@sourceprint/core/launch/launcher.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { statePath } from "../../../support/launch-jobs.js"
import { type OneNode, oneNodeSlurm } from "../../../support/one-node-slurm.js"
import { PATIENCE_MS } from "../../../support/patience.js"

const moduleUrl = new URL("../../../support/launch-jobs.js", import.meta.url).href
const LONG = { timeout: 4 * PATIENCE_MS }

let slurm: OneNode
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "preempted-"))
  slurm = await oneNodeSlurm({ killWaitSeconds: 2 })
})
after(async () => {
  await slurm.stop()
  await rm(folder, { recursive: true })
})

const startsOf = async (log: string): Promise<number> =>
  (await readFile(log, "utf8").catch(() => "")).split("\n").length - 1

// Slurm requeues the tasks of the one partition and cancels those of the other.
for (const partition of ["main", "lent"]) {
  test(
    `a job that takes the place of running jobs in ${partition}: pre-empted, on from their checkpoint, ` +
      "no requeue used up",
    LONG,
    async (t) => {
      if (slurm.absent !== undefined) return t.skip(slurm.absent)
      const settings = SlurmSettings.parse({ partition, requeues: 0, pollSeconds: 0.3, settleSeconds: 0.5 })
      const logs = [0, 1].map((i) => join(folder, `${partition}-${i}`))
      const events: JobEvent[] = []
      const launched = slurmLauncher(settings, { folder: join(folder, partition) }).launch({
        jobs: logs.map((log, i) => ({
          id: String(i),
          payload: { act: "save-and-stop-once", log },
          statePath: statePath(log),
        })),
        moduleUrl,
        onEvent: (event) => void events.push(event),
      })
      while ((await Promise.all(logs.map(startsOf))).some((starts) => starts === 0)) await delay(50)
      await slurm.takeTheirPlace()
      await launched
      const kinds = (kind: JobEvent["kind"]) => events.filter((event) => event.kind === kind)
      assert.deepEqual(
        kinds("retried").map((event) => event.kind === "retried" && [event.id, event.cause, event.from]),
        kinds("retried").map(({ id }) => [id, "preempted", "checkpoint"]),
      )
      assert.deepEqual(
        kinds("retried")
          .map(({ id }) => id)
          .sort(),
        ["0", "1"],
      )
      assert.deepEqual(
        kinds("finished")
          .map(({ id }) => id)
          .sort(),
        ["0", "1"],
        JSON.stringify(events),
      )
      assert.deepEqual(await Promise.all(logs.map(startsOf)), [2, 2], "each job was started once again")
    },
  )
}

test("a job that is pre-empted more often than the profile allows is given up under that name", LONG, async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const settings = SlurmSettings.parse({ preemptions: 0, pollSeconds: 0.3, settleSeconds: 0.5 })
  const log = join(folder, "given-up")
  const events: JobEvent[] = []
  const launched = slurmLauncher(settings, { folder: join(folder, "up") }).launch({
    jobs: [{ id: "0", payload: { act: "save-and-stop-once", log }, statePath: statePath(log) }],
    moduleUrl,
    onEvent: (event) => void events.push(event),
  })
  while ((await startsOf(log)) === 0) await delay(50)
  await slurm.takeTheirPlace()
  await launched
  const last = events.at(-1)
  assert.ok(last?.kind === "failed" && last.cause === "preempted", JSON.stringify(last))
  assert.equal(await startsOf(log), 1)
})
