import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { promisify } from "node:util"
import { delay } from "@sourceprint/core/async/delay.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { JobEvent } from "@sourceprint/core/launch/launcher.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { sacct, scancel, squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import type { TestJob } from "../../../support/launch-jobs.js"
import { type OneNode, oneNodeSlurm } from "../../../support/one-node-slurm.js"

const moduleUrl = new URL("../../../support/launch-jobs.js", import.meta.url).href
const LONG = { timeout: 240_000 }

let slurm: OneNode
let folder: string
const abort = new AbortController()
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "accounts-"))
  slurm = await oneNodeSlurm({ accounts: true, minJobAgeSeconds: 2 })
})
after(async () => {
  abort.abort() // of a test that failed
  await slurm.stop()
  await rm(folder, { recursive: true })
})

interface Launched {
  readonly events: JobEvent[]
  readonly said: string[]
}

async function launch(
  name: string,
  acts: readonly TestJob["act"][],
  more: object = {},
  signal: AbortSignal = abort.signal,
): Promise<Launched> {
  const settings = SlurmSettings.parse({ requeues: 1, pollSeconds: 0.3, settleSeconds: 0.5, ...more })
  const launched: Launched = { events: [], said: [] }
  const logLine = (line: string): void => void launched.said.push(line)
  await slurmLauncher(settings, { folder: join(folder, name), logLine }).launch({
    jobs: acts.map((act, i) => ({ id: `${i}`, payload: { act, log: join(folder, `${name}-${i}`) } })),
    moduleUrl,
    onEvent: (event) => void launched.events.push(event),
    signal,
  })
  return launched
}

const startsOf = async (name: string, index: number): Promise<number> =>
  (await readFile(join(folder, `${name}-${index}`), "utf8").catch(() => "")).split("\n").length - 1
const count = ({ events }: Launched, kind: JobEvent["kind"]): number =>
  events.filter((event) => event.kind === kind).length
const manage = (...words: string[]) => promisify(execFile)("sacctmgr", ["--immediate", "--quiet", ...words])

test("tasks that the controller has forgotten are judged by the accounts", LONG, async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const leave = new AbortController()
  const left = launch("forgotten", ["wait-for-file", "wait-for-file", "finish"], {}, leave.signal)
  while ((await startsOf("forgotten", 0)) + (await startsOf("forgotten", 1)) < 2) await delay(50)
  leave.abort()
  await left
  const [batch] = await readBatches(join(folder, "forgotten"), "open")
  await slurm.cancelTask((await squeue([batch.jobName])).filter(({ index }) => index === 2)[0]) // has not begun
  for (const index of [0, 1]) await slurm.allow(join(folder, `forgotten-${index}`))
  while ((await squeue([batch.jobName])).length > 0) await delay(500)
  const states = (await sacct([batch.jobName], new Date(batch.createdAt))) ?? []
  assert.deepEqual(states.map(({ index, state }) => `${index} ${state}`).sort(), [
    "0 COMPLETED",
    "1 COMPLETED",
    "2 CANCELLED",
  ])
  const again = await launch("forgotten", ["wait-for-file", "wait-for-file", "finish"])
  const retried = again.events.filter((event) => event.kind === "retried")
  assert.deepEqual(
    retried.map((event) => [event.id, event.cause]),
    [["2", "cancelled"]],
    "without accounts it would be a crash",
  )
  assert.equal(count(again, "finished"), 3)
  assert.deepEqual(await Promise.all([0, 1, 2].map((i) => startsOf("forgotten", i))), [1, 1, 1])
})

test(
  "accounts and limits: what a user may not do is named; more jobs than may be submitted wait for room",
  LONG,
  async (t) => {
    if (slurm.absent !== undefined) return t.skip(slurm.absent)
    for (const [profile, words] of [
      [{ account: "nobody" }, /Invalid account.*`account`.*sacctmgr/s],
      [{ qos: "golden" }, /Invalid qos.*`qos`.*sacctmgr/s],
    ] as const) {
      await assert.rejects(
        launch("refused", ["finish"], profile),
        (error) => hasCode(error, "slurm/submit") && words.test(error.message),
      )
    }
    await manage("modify", "user", "root", "set", "MaxSubmitJobs=3")
    try {
      const acts = Array.from({ length: 8 }, () => "finish" as const)
      const many = await launch("many", acts)
      assert.equal(count(many, "finished"), 8, JSON.stringify(many.events))
      assert.deepEqual(await Promise.all(acts.map((_, i) => startsOf("many", i))), Array(8).fill(1))
      assert.ok(
        many.said.some((line) => line.includes("wait until Slurm takes more jobs of yours")),
        many.said.join("\n"),
      )
      await manage("modify", "user", "root", "set", "MaxSubmitJobs=0")
      await assert.rejects(
        launch("none", ["finish"]),
        (error) => hasCode(error, "slurm/full") && error.message.includes("MaxSubmitJobs"),
      )
    } finally {
      await manage("modify", "user", "root", "set", "MaxSubmitJobs=-1")
    }
  },
)

test("slurmdbd killed in the middle: the run continues, causes come from the queue", LONG, async (t) => {
  if (slurm.absent !== undefined) return t.skip(slurm.absent)
  const launched = launch("dead", ["stop-once", "finish", "finish"])
  while ((await startsOf("dead", 0)) === 0) await delay(50)
  await slurm.signal("slurmdbd", "SIGKILL")
  const [batch] = await readBatches(join(folder, "dead"), "open")
  assert.equal(await sacct([batch.jobName], new Date(batch.createdAt)), undefined)
  await scancel([batch.jobName])
  const ended = await launched
  assert.equal(count(ended, "finished"), 3, JSON.stringify(ended.events))
  const causes = ended.events.flatMap((event) => (event.kind === "retried" ? [event.cause] : []))
  assert.ok(causes.length > 0 && causes.every((cause) => cause === "cancelled"), causes.join())
})
