import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import type { CellEvent, Launcher } from "../../../src/shared/launch/launcher.js"
import { localLauncher } from "../../../src/shared/launch/local-launcher.js"
import { readBatches } from "../../../src/shared/launch/slurm/slurm-batch.js"
import { scancel, squeue } from "../../../src/shared/launch/slurm/slurm-commands.js"
import { cancelSlurmRun, slurmLauncher } from "../../../src/shared/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "../../../src/shared/launch/slurm/slurm-settings.js"
import type { TestCell } from "../../support/launch-cells.js"
import { type OneNode, oneNodeSlurm } from "../../support/one-node-slurm.js"

const moduleUrl = new URL("../../support/launch-cells.js", import.meta.url).href
const settings = SlurmSettings.parse({ requeues: 1, pollSeconds: 0.3, settleSeconds: 0.5 })

let slurm: OneNode
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "launchers-"))
  slurm = await oneNodeSlurm()
})
after(async () => {
  await slurm.stop()
  await rm(folder, { recursive: true })
})

const cellsOf = (name: string, acts: readonly TestCell["act"][]) =>
  acts.map((act, i) => ({ id: `${i}-${act}`, payload: { act, log: join(folder, `${name}-${i}`) } }))

const startsOf = async (name: string, index: number): Promise<number> =>
  (await readFile(join(folder, `${name}-${index}`), "utf8").catch(() => "")).split("\n").length - 1

const ends = (events: readonly CellEvent[]): string[] =>
  events
    .filter(({ kind }) => kind === "finished" || kind === "failed" || kind === "stopped")
    .map((event) => `${event.id} ${event.kind}${event.kind === "failed" ? ` ${event.cause}` : ""}`)
    .sort()

async function launch(
  launcher: Launcher,
  name: string,
  acts: readonly TestCell["act"][],
  signal?: AbortSignal,
) {
  const events: CellEvent[] = []
  const onEvent = (event: CellEvent): void => void events.push(event)
  const cells = cellsOf(name, acts)
  await launcher.launch({ cells, moduleUrl, onEvent, ...(signal === undefined ? {} : { signal }) })
  return events
}

const launchers: readonly { name: string; make: (at: string) => Launcher }[] = [
  { name: "local", make: () => localLauncher({ workers: 2, memoryMbPerWorker: 1000, crashRetries: 1 }) },
  { name: "slurm", make: (at) => slurmLauncher(settings, { folder: at }) },
]

for (const { name, make } of launchers) {
  test(`${name}: good, failing and crashing cells are told apart; each ends once`, async (t) => {
    if (name === "slurm" && slurm.absent !== undefined) return t.skip(slurm.absent)
    const at = `kinds-${name}`
    const events = await launch(make(join(folder, at)), at, ["throw", "crash", "crash-once", "finish"])
    assert.deepEqual(ends(events), [
      "0-throw failed failed",
      "1-crash failed crashed",
      "2-crash-once finished",
      "3-finish finished",
    ])
    assert.deepEqual(await Promise.all([0, 1, 2, 3].map((i) => startsOf(at, i))), [1, 2, 2, 1])
    const thrown = events.find((event) => event.kind === "failed" && event.cause === "failed")
    assert.ok(thrown?.kind === "failed" && thrown.message.includes("this cell cannot succeed"))
    assert.deepEqual(await launch(make(join(folder, at)), at, []), [])
  })
}

test("slurm: interrupted, the array goes on and the next launch adopts it, its job id written down or not", async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const at = join(folder, "adopted")
  const abort = new AbortController()
  const first = launch(
    slurmLauncher(settings, { folder: at }),
    "adopted",
    ["wait-for-file", "finish"],
    abort.signal,
  )
  while ((await startsOf("adopted", 0)) === 0) await delay(50)
  abort.abort()
  assert.ok(!ends(await first).includes("0-wait-for-file finished"))
  await rm(join(at, "0001", "job")) // as if killed between sbatch and writing its answer down
  const second = launch(slurmLauncher(settings, { folder: at }), "adopted", ["wait-for-file", "finish"])
  await delay(500)
  await slurm.allow(join(folder, "adopted-0"))
  assert.deepEqual(ends(await second), ["0-wait-for-file finished", "1-finish finished"])
  assert.deepEqual([await startsOf("adopted", 0), await startsOf("adopted", 1)], [1, 1], "no cell ran twice")
  assert.deepEqual((await readdir(at)).sort(), ["0001"], "one array")
})

test("slurm: scancel of a running cell and kill -9 of slurmd: the cell is requeued and named, the rest goes on", async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const at = join(folder, "cancelled")
  const launched = launch(slurmLauncher(settings, { folder: at }), "cancelled", ["stop-once", "finish"])
  while ((await startsOf("cancelled", 0)) === 0) await delay(50)
  const [batch] = await readBatches(at, "open")
  await slurm.killDaemon()
  await slurm.startDaemon()
  await scancel([batch.jobName])
  const events = await launched
  assert.deepEqual(ends(events), ["0-stop-once finished", "1-finish finished"])
  const retried = events.find(({ kind }) => kind === "retried")
  assert.ok(retried?.kind === "retried" && retried.cause === "cancelled", JSON.stringify(retried))
  assert.equal(await startsOf("cancelled", 0), 2)
})

test("slurm: a cancelled run stops, is not requeued, and the next launch takes its cells up again", async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const at = join(folder, "by-user")
  const launched = launch(slurmLauncher(settings, { folder: at }), "by-user", ["stop-once"])
  while ((await startsOf("by-user", 0)) === 0) await delay(50)
  assert.equal(await cancelSlurmRun(at), 1)
  assert.deepEqual(ends(await launched), ["0-stop-once stopped"])
  const detach = { command: ["touch", join(folder, "followed")] }
  await launch(slurmLauncher(settings, { folder: join(folder, "detached"), detach }), "detached", [
    "stop-once",
  ])
  assert.equal(await cancelSlurmRun(join(folder, "detached")), 1)
  const again = await launch(slurmLauncher(settings, { folder: at }), "by-user", ["stop-once"])
  assert.deepEqual(ends(again), ["0-stop-once finished"])
  assert.ok(!(await readdir(folder)).includes("followed"), "the job of the detached run is cancelled too")
  assert.equal((await squeue((await readBatches(at, "all")).map(({ jobName }) => jobName))).length, 2)
})
