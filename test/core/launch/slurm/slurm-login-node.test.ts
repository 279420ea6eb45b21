import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { JobEvent } from "@sourceprint/core/launch/launcher.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { statePath, type TestJob } from "../../../support/launch-jobs.js"
import { type OneNode, oneNodeSlurm } from "../../../support/one-node-slurm.js"
import { PATIENCE_MS } from "../../../support/patience.js"
import { mountSmallDisk, unmount, withoutSmallDisk } from "../../../support/small-disk.js"

const moduleUrl = new URL("../../../support/launch-jobs.js", import.meta.url).href
const brief = { requeues: 1, pollSeconds: 0.3, settleSeconds: 1 }
const LONG = { timeout: 4 * PATIENCE_MS }

let slurm: OneNode
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "login node ü %a "))
  slurm = await oneNodeSlurm()
})
const abort = new AbortController()
after(async () => {
  abort.abort() // of a test that failed
  await slurm.stop()
  await rm(folder, { recursive: true })
})

interface Launched {
  readonly events: JobEvent[]
  readonly said: string[]
  readonly over: Promise<void>
}

/** Starts to launch jobs; their logs lie in `folder`, named by the launch. */
function start(name: string, acts: readonly TestJob["act"][], more: object = {}, at = join(folder, name)): Launched {
  const events: JobEvent[] = []
  const said: string[] = []
  const jobs = acts.map((act, i) => {
    const log = join(folder, `${name}-${i}.cell`)
    return { id: `${i}-${act}`, payload: { act, log }, statePath: statePath(log) }
  })
  const settings = SlurmSettings.parse({ ...brief, ...more })
  const over = slurmLauncher(settings, { folder: at, logLine: (line) => void said.push(line) }).launch({
    jobs,
    moduleUrl,
    onEvent: (event) => void events.push(event),
    signal: abort.signal,
  })
  over.catch(() => {}) // awaited later
  return { events, said, over }
}

const startsOf = async (name: string, index: number): Promise<number> =>
  (await readFile(join(folder, `${name}-${index}.cell`), "utf8").catch(() => "")).split("\n").length - 1
const begun = async (name: string, index: number): Promise<void> => {
  while ((await startsOf(name, index)) === 0) await delay(50)
}
const finished = ({ events }: Launched): string[] =>
  events.flatMap(({ kind, id }) => (kind === "finished" ? [id] : [])).sort()

test(
  "what Slurm refuses is named with the cure, nothing is left behind, and the repaired profile continues",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    const refused: readonly (readonly [object, RegExp])[] = [
      [{ partition: "nope" }, /Invalid partition.*`partition`.*sinfo/s],
      [{ memoryMb: 900_000_000 }, /`memoryMb`/],
      [{ gpus: 3 }, /`gpus`/],
      [{ sbatch: ["--constraint=avx9999"] }, /feature.*`sbatch`/is],
      [{ sbatch: ["--no-such-option"] }, /`sbatch` lines/],
    ]
    for (const [profile, words] of refused) {
      await assert.rejects(start("refused", ["finish"], profile).over, (error) => {
        assert.ok(hasCode(error, "slurm/submit"), String(error))
        assert.match(error.message, words)
        assert.match(error.message, /nothing was submitted/)
        return true
      })
    }
    assert.deepEqual(await readBatches(join(folder, "refused"), "all"), [])
    const mended = start("refused", ["finish"])
    await mended.over
    assert.deepEqual(finished(mended), ["0-finish"])
    assert.equal(await startsOf("refused", 0), 1)
  },
)

test(
  "a node that has no node: said once a job with the cure, never requeued; set-up lines and `node` help",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    const none = start("no-node", ["finish"], { node: "/nowhere/node" })
    await none.over
    const [failed] = none.events.filter(({ kind }) => kind === "failed")
    assert.ok(failed?.kind === "failed" && failed.cause === "failed", JSON.stringify(none.events))
    assert.match(failed.message, /no \/nowhere\/node .*`node`.*`setup`.*module load nodejs/)
    const program = join(folder, "a node")
    await mkdir(program)
    await writeFile(join(program, "node-here"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, {
      mode: 0o755,
    })
    const helped = start("no-node", ["finish"], { node: "node-here", setup: [`PATH="${program}:$PATH"`] })
    await helped.over
    assert.deepEqual(finished(helped), ["0-finish"])
  },
)

test("a controller that does not answer for a while delays a run and does not stop it", LONG, async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const run = start("silent", ["wait-for-file", "finish"])
  await begun("silent", 0)
  await slurm.signal("slurmctld", "SIGSTOP")
  while (!run.said.some((line) => line.includes("asks again"))) await delay(200)
  await slurm.allow(join(folder, "silent-0.cell"))
  await slurm.signal("slurmctld", "SIGCONT")
  await run.over
  assert.deepEqual(finished(run), ["0-wait-for-file", "1-finish"])
  assert.deepEqual(
    run.events.filter(({ kind }) => kind === "retried" || kind === "failed"),
    [],
  )
  assert.ok(
    run.said.some((line) => line.includes("answers again")),
    run.said.join("\n"),
  )
})

test(
  "commands for one run at the same time, in one folder: no job twice, none missing, all see every end",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    const acts = ["finish", "stop-once", "finish", "finish", "crash-once", "finish"] as const
    const at = join(folder, "together")
    const runs = Array.from({ length: 3 }, () => start("together", acts, { maxArraySize: 2 }, at))
    await begun("together", 1)
    const [task] = (await squeue((await readBatches(at, "open")).map(({ jobName }) => jobName))).filter(
      ({ state, index }) => state === "RUNNING" && index === 1,
    )
    assert.ok(task !== undefined)
    await slurm.cancelTask(task)
    await Promise.all(runs.map(({ over }) => over))
    for (const run of runs) assert.deepEqual(finished(run), acts.map((act, i) => `${i}-${act}`).sort())
    const starts = await Promise.all(acts.map((_, i) => startsOf("together", i)))
    assert.deepEqual(starts, [1, 2, 1, 1, 2, 1])
    const listed = (await readBatches(at, "all")).flatMap(({ jobs }) => jobs)
    assert.equal(listed.length, acts.length + 2, "one task a job and one a requeue")
  },
)

test("a full disk under the run: said, nothing lost; with room again the same command ends it", {
  ...LONG,
  skip: withoutSmallDisk(),
}, async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const disk = mountSmallDisk("200k")
  const at = join(disk, "launch")
  try {
    const run = start("full", ["wait-for-file"], {}, at)
    await begun("full", 0)
    const rest = Array.from({ length: 50 }, (_, i) => join(disk, `rest-${i}`))
    for (const path of rest) await writeFile(path, new Uint8Array(4096)).catch(() => {})
    await slurm.allow(join(folder, "full-0.cell"))
    await assert.rejects(run.over, (error) => hasCode(error, "file/disk-full"))
    for (const path of rest) await rm(path, { force: true })
    const again = start("full", ["wait-for-file"], {}, at)
    await again.over
    assert.deepEqual(finished(again), ["0-wait-for-file"])
    assert.ok((await readdir(at)).length <= 3)
  } finally {
    unmount(disk)
  }
})
