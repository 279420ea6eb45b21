import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { sacct, squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { statePath, type TestJob } from "../../test/support/launch-jobs.js"
import type { OneNode } from "../../test/support/one-node-slurm.js"
import type { Claim } from "./claim.js"
import { atMost, exactly } from "./figure.js"
import { cancel, onSlurm } from "./on-slurm.js"

const moduleUrl = new URL("../../test/support/launch-jobs.js", import.meta.url).href

interface Trial {
  readonly act: TestJob["act"]
  readonly profile?: object
  /** What is done to the job when it has begun; undefined: it does it to itself, or the clock does. */
  readonly disturb?: (slurm: OneNode, launch: string) => Promise<void>
}

const running = async (launch: string) =>
  (await squeue((await readBatches(launch, "open")).map(({ jobName }) => jobName))).filter(
    ({ state }) => state === "RUNNING",
  )

const TRIALS: Readonly<Record<string, Trial>> = {
  memory: { act: "eat-memory-once", profile: { memoryMb: 300 } },
  timeout: { act: "save-and-stop-once", profile: { time: "1", stopSeconds: 5 } },
  cancelled: { act: "stop-once", disturb: async (_, launch) => await cancel(await running(launch)) },
  "pre-empted, requeued": { act: "save-and-stop-once", disturb: (slurm) => slurm.takeTheirPlace() },
  "pre-empted, cancelled": {
    act: "save-and-stop-once",
    profile: { partition: "lent" },
    disturb: (slurm) => slurm.takeTheirPlace(),
  },
  node: { act: "save-and-stop-once", disturb: (slurm) => slurm.failNode() },
}

/** "trial: cause, end" of a real Slurm with or without accounts. */
async function causes(slurm: OneNode, folder: string, logLine: (text: string) => void): Promise<string[]> {
  const seen: string[] = []
  for (const [name, { act, profile = {}, disturb }] of Object.entries(TRIALS)) {
    const [log, launch] = [join(folder, `${name}.cell`), join(folder, name)]
    const words: string[] = []
    const settings = SlurmSettings.parse({ pollSeconds: 0.5, settleSeconds: 1, ...profile })
    const launched = slurmLauncher(settings, { folder: launch }).launch({
      jobs: [{ id: name, payload: { act, log }, statePath: statePath(log) }],
      moduleUrl,
      onEvent(event) {
        if (event.kind === "retried") words.push(event.cause)
        else if (event.kind === "finished" || event.kind === "failed") words.push(event.kind)
      },
    })
    while ((await readFile(log, "utf8").catch(() => "")) === "") await delay(50)
    await disturb?.(slurm, launch)
    await launched
    seen.push(`${name}: ${words.join(", ")}`)
    logLine(seen.at(-1) ?? "")
  }
  return seen
}

export const accountsClaim: Claim = {
  title:
    "With slurmdbd and its database: causes as without, sacct of the same mind as the queue, and a " +
    "slurmdbd that hangs does not stop a run",
  async measure(logLine) {
    logLine("without accounts")
    const without = await onSlurm((slurm, folder) => causes(slurm, folder, logLine))
    logLine("with accounts")
    return await onSlurm(
      async (slurm, folder) => {
        const there = await causes(slurm, folder, logLine)
        const batches = (
          await Promise.all(Object.keys(TRIALS).map((name) => readBatches(join(folder, name), "all")))
        ).flat()
        const states =
          (await sacct(
            batches.map(({ jobName }) => jobName),
            new Date(batches[0].createdAt),
          )) ?? []
        await slurm.signal("slurmdbd", "SIGSTOP")
        const startMs = performance.now()
        let finished = 0
        let retried = ""
        try {
          const settings = SlurmSettings.parse({ pollSeconds: 0.5, settleSeconds: 1 })
          const launch = join(folder, "hangs")
          const launched = slurmLauncher(settings, { folder: launch }).launch({
            jobs: ["stop-once", "finish"].map((act) => ({
              id: act,
              payload: { act, log: join(folder, `hangs-${act}`) },
            })),
            moduleUrl,
            onEvent(event) {
              if (event.kind === "finished") finished++
              if (event.kind === "retried") retried += event.cause
            },
          })
          while ((await readFile(join(folder, "hangs-stop-once"), "utf8").catch(() => "")) === "") await delay(50)
          await cancel((await running(launch)).filter(({ index }) => index === 0))
          await launched
        } finally {
          await slurm.signal("slurmdbd", "SIGCONT")
        }
        const same = there.filter((line, index) => line === without[index]).length
        return [
          exactly("causes that are the same", same, without.length, "", there.join("; ")),
          exactly(
            "of which are what was done",
            there.filter((line) => /^(pre-empted, \w+: preempted|(\w+): \2), finished$/.test(line)).length,
            without.length,
          ),
          exactly("tasks that sacct knows", states.length, batches.flatMap(({ jobs }) => jobs).length),
          exactly("slurmdbd hangs: jobs finished", finished, 2),
          exactly("slurmdbd hangs: the cancelled job is told as cancelled", Number(retried === "cancelled"), 1),
          atMost("slurmdbd hangs: the run takes", (performance.now() - startMs) / 1000, 240, "s"),
        ]
      },
      { accounts: true },
    )
  },
}
