import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import type { JobEvent, Launcher } from "@sourceprint/core/launch/launcher.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { cancelSlurmRun } from "@sourceprint/core/launch/slurm/slurm-cancel.js"
import { findJob, scancel, squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { dependentJob, dependentName } from "@sourceprint/core/launch/slurm/slurm-dependent.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { statePath, type TestJob } from "../../support/launch-jobs.js"
import { type OneNode, oneNodeSlurm } from "../../support/one-node-slurm.js"
import { PATIENCE_MS } from "../../support/patience.js"

const moduleUrl = new URL("../../support/launch-jobs.js", import.meta.url).href
const settings = SlurmSettings.parse({ requeues: 1, pollSeconds: 0.3, settleSeconds: 0.5 })

const LONG = { timeout: 4 * PATIENCE_MS }

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

const jobsOf = (name: string, acts: readonly TestJob["act"][]) =>
  acts.map((act, i) => {
    const log = join(folder, `${name}-${i}`)
    return { id: `${i}-${act}`, payload: { act, log }, statePath: statePath(log) }
  })

/** Arguments of node that make a file. */
const touch = (path: string): string[] => ["-e", `require("node:fs").writeFileSync(${JSON.stringify(path)}, "")`]

const startsOf = async (name: string, index: number): Promise<number> =>
  (await readFile(join(folder, `${name}-${index}`), "utf8").catch(() => "")).split("\n").length - 1

const ends = (events: readonly JobEvent[]): string[] =>
  events
    .filter(({ kind }) => kind === "finished" || kind === "failed" || kind === "stopped")
    .map((event) => `${event.id} ${event.kind}${event.kind === "failed" ? ` ${event.cause}` : ""}`)
    .sort()

async function launch(
  launcher: Launcher,
  name: string,
  acts: readonly TestJob["act"][],
  signal?: AbortSignal,
  events: JobEvent[] = [],
) {
  const onEvent = (event: JobEvent): void => void events.push(event)
  const jobs = jobsOf(name, acts)
  await launcher.launch({ jobs, moduleUrl, onEvent, ...(signal === undefined ? {} : { signal }) })
  return events
}

const launchers: readonly { name: string; make: (at: string) => Launcher }[] = [
  { name: "local", make: () => localLauncher({ workers: 2, memoryMbPerWorker: 1000, crashRetries: 1 }) },
  { name: "slurm", make: (at) => slurmLauncher(settings, { folder: at }) },
]

for (const { name, make } of launchers) {
  test(`${name}: good, failing and crashing jobs are told apart; each ends once`, async (t) => {
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
    assert.ok(thrown?.kind === "failed" && thrown.message.includes("this job cannot succeed"))
    assert.deepEqual(await launch(make(join(folder, at)), at, []), [])
  })
}

test("slurm: interrupted, the array continues and the next launch adopts it, job id written down or not", async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const at = join(folder, "adopted")
  const abort = new AbortController()
  const first = launch(slurmLauncher(settings, { folder: at }), "adopted", ["wait-for-file", "finish"], abort.signal)
  while ((await startsOf("adopted", 0)) === 0) await delay(50)
  abort.abort()
  assert.ok(!ends(await first).includes("0-wait-for-file finished"))
  await rm(join(at, "0001", "job")) // as if killed between sbatch and writing its answer down
  const second = launch(slurmLauncher(settings, { folder: at }), "adopted", ["wait-for-file", "finish"])
  await delay(500)
  await slurm.allow(join(folder, "adopted-0"))
  assert.deepEqual(ends(await second), ["0-wait-for-file finished", "1-finish finished"])
  assert.deepEqual([await startsOf("adopted", 0), await startsOf("adopted", 1)], [1, 1], "no job ran twice")
  assert.deepEqual((await readdir(at)).sort(), ["0001"], "one array")
})

test(
  "slurm: scancel of a running job and kill -9 of slurmd: the job is requeued and named, the rest " + "continues",
  async (t) => {
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
  },
)

test("slurm: a cancelled run stops, is not requeued, and the next launch takes its jobs up again", async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const at = join(folder, "by-user")
  const standsIn = dependentJob(settings, { folder: at, command: ["--version"], detach: false })
  const launched = launch(slurmLauncher(settings, { folder: at, dependent: standsIn }), "by-user", ["stop-once"])
  while ((await startsOf("by-user", 0)) === 0) await delay(50)
  assert.deepEqual(await cancelSlurmRun(at), { running: 1, waiting: 0 })
  assert.deepEqual(ends(await launched), ["0-stop-once stopped"])
  await standsIn.end("done")
  const detached = join(folder, "detached")
  const command = touch(join(folder, "followed"))
  const dependent = dependentJob(settings, { folder: detached, command, detach: true })
  await launch(slurmLauncher(settings, { folder: detached, dependent }), "detached", ["stop-once"])
  const { running, waiting } = await cancelSlurmRun(join(folder, "detached"))
  assert.equal(running + waiting, 1)
  const again = await launch(slurmLauncher(settings, { folder: at }), "by-user", ["stop-once"])
  assert.deepEqual(ends(again), ["0-stop-once finished"])
  assert.ok(!(await readdir(folder)).includes("followed"), "the job of the detached run is cancelled too")
  assert.equal((await squeue((await readBatches(at, "all")).map(({ jobName }) => jobName))).length, 2)
})

test(
  "slurm: a node that fails and a memory limit are told apart, and the jobs continue from their saved state",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    const small = SlurmSettings.parse({ ...settings, memoryMb: 300 })
    const events: JobEvent[] = []
    const acts = ["save-and-stop-once", "eat-memory-once"] as const
    const launched = launch(slurmLauncher(small, { folder: join(folder, "ended") }), "ended", acts, undefined, events)
    // the one that ate is back and done: the node fails under the other
    while (ends(events).length === 0) await delay(50)
    await slurm.failNode()
    await launched
    assert.deepEqual(ends(events), ["0-save-and-stop-once finished", "1-eat-memory-once finished"])
    const retried = events.flatMap((event) =>
      event.kind === "retried" ? [`${event.id} ${event.cause} ${event.from}`] : [],
    )
    assert.deepEqual(retried.sort(), ["0-save-and-stop-once node checkpoint", "1-eat-memory-once memory checkpoint"])
  },
)

test(
  "slurm: the job that stands in is held back while a command follows, begins when it is gone, and goes " +
    "when it is done",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    const at = join(folder, "stands-in")
    const leaseSeconds = 6 // renewed every 2 s: a loaded machine may be 4 s late
    const brief = SlurmSettings.parse({ ...settings, leaseSeconds })
    const place = { folder: at, command: touch(join(folder, "stood-in")), detach: false }
    const state = async () => (await findJob(await dependentName(at)))?.state
    const first = dependentJob(brief, place)
    await launch(slurmLauncher(brief, { folder: at, dependent: first }), "stands-in", ["finish", "finish"])
    await delay(2000 * leaseSeconds) // the arrays are over and the lease has run out twice, but for its renewal
    assert.equal(await state(), "PENDING")
    await first.end("done")
    assert.notEqual(await state(), "PENDING")
    assert.ok(!(await readdir(folder)).includes("stood-in"))

    const abort = new AbortController()
    const second = dependentJob(brief, place)
    const launched = launch(
      slurmLauncher(brief, { folder: at, dependent: second }),
      "stands-in",
      ["wait-for-file"],
      abort.signal,
    )
    while ((await startsOf("stands-in", 0)) < 2) await delay(50)
    abort.abort()
    await launched
    await second.end("left")
    await slurm.allow(join(folder, "stands-in-0"))
    while (!(await readdir(folder)).includes("stood-in")) await delay(100)
  },
)
