import { spawn } from "node:child_process"
import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { findJob, squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { dependentName } from "@sourceprint/core/launch/slurm/slurm-dependent.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { isRunning as isRunningTask } from "@sourceprint/core/launch/slurm/slurm-queue.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { readInterruptions } from "@sourceprint/train/interruptions.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { planFile, runExperiment } from "@sourceprint/train/run-experiment.js"
import { runNameOf } from "@sourceprint/train/run-folder.js"
import type { NotedInterruption } from "@sourceprint/train/run-record.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import type { OneNode } from "../../test/support/one-node-slurm.js"
import { projectRoot } from "../../test/support/shared-data.js"
import type { Claim } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"
import { cancel, differsFromLocal, onSlurmExperiment } from "./on-slurm.js"

const POLL = { pollSeconds: 0.5, settleSeconds: 1, leaseSeconds: 4 }
/** Too little for a job, so that it cannot live in it. */
const SMALL_MB = 100

const counted = (noted: readonly NotedInterruption[], cause: string, next: string): number =>
  noted.filter((one) => one.cause === cause && one.next === next).length

/** A job that continues waiting when it is asked to stop, until Slurm ends it with TIMEOUT; its file is there when it
 *  starts again. @returns 1 where that is what happened */
async function deafJob(slurm: OneNode, folder: string): Promise<number> {
  const log = join(folder, "deaf")
  const seen: string[] = []
  const settings = SlurmSettings.parse({ ...POLL, time: "1", stopSeconds: 5, requeues: 1 })
  await slurmLauncher(settings, { folder: join(folder, "deaf-launch") }).launch({
    jobs: [{ id: "deaf", payload: { act: "wait-for-file", log } }],
    moduleUrl: new URL("../../test/support/launch-jobs.js", import.meta.url).href,
    async onEvent(event) {
      if (event.kind === "retried") {
        seen.push(event.cause)
        await slurm.allow(log)
      } else if (event.kind === "finished" || event.kind === "failed") seen.push(event.kind)
    },
  })
  return Number(seen.join() === "timeout,finished")
}

/** One job, long enough to reach a limit of one minute. */
const oneLongJob = (text: string): string =>
  text
    .replace("folds: 3", "fractions: { train: 0.4, dev: 0.3, eval: 0.3 }")
    .replace("seeds: [1, 2]", "seeds: [1]")
    .replace(/batchSize: \d+/, "batchSize: 1")
const LONG_EPOCHS = 500

export const faultsClaim: Claim = {
  title:
    "Memory limit, time limit and node failure under a job that trains: requeued from its checkpoint, " +
    "named in the report, the same bytes",
  measure: (logLine) =>
    onSlurmExperiment(
      LONG_EPOCHS,
      async (scene) => {
        const { slurm, folder, file } = scene
        const runsFolder = join(folder, "slurm")
        const on = (more: object) => (runFolder: string) =>
          slurmLauncher(SlurmSettings.parse({ ...POLL, ...more }), {
            folder: launchFolder(runFolder),
            logLine,
          })
        const small = await runExperiment(file, {
          runsFolder,
          launcher: on({ memoryMb: SMALL_MB, requeues: 1 }),
          logLine,
        })
        const { runFolder, runName } = small
        const deaf = await deafJob(slurm, folder)
        let failed = false
        const watch = setInterval(async () => {
          const noted = await readInterruptions(runFolder)
          // The second start under the time limit is at work: now its node goes.
          if (failed || !noted.some(({ cause }) => cause === "timeout") || !(await isRunning(runFolder))) return
          failed = true
          await slurm.failNode()
        }, 500)
        const through = await runExperiment(file, {
          runsFolder,
          launcher: on({ time: "1", stopSeconds: 20, memoryMb: 2000, requeues: 50 }),
          logLine,
        }).finally(() => clearInterval(watch))
        const noted = await readInterruptions(runFolder)
        for (const { cause, next, message } of noted) logLine(`${cause}, next from ${next}: ${message}`)
        const [page = ""] = await reportRuns({
          runsFolder,
          reportsFolder: join(folder, "reports"),
          which: [runName],
          worstErrors: 0,
          audit: false,
        })
        const text = await readFile(page, "utf8")
        const named = ["out of memory", "time limit", "node failure"].filter((words) => text.includes(words))
        return [
          exactly("jobs finished", through.finishedJobs, 1),
          exactly("jobs that do not hear the warning: ended as time limit, finished in the next attempt", deaf, 1),
          exactly("attempts beyond the memory limit, then given up", small.failures.length, 1),
          exactly("of which started again", counted(noted, "memory", "beginning"), 1),
          atLeast("time limits, gone on from the checkpoint", counted(noted, "timeout", "checkpoint"), 1),
          atLeast("node failures, gone on from the checkpoint", counted(noted, "node", "checkpoint"), 1),
          exactly("causes that the report names", named.length, 3, "", named.join(", ")),
          await differsFromLocal(scene, runFolder, logLine, 1),
        ]
      },
      oneLongJob,
    ),
}

const anyCheckpoint = async (runFolder: string): Promise<boolean> =>
  (await readdir(join(runFolder, "cells"), { recursive: true }).catch(() => [])).some((path) =>
    path.endsWith("checkpoint.bin"),
  )

/** A job of the newest array has begun and written something to its log. */
async function isRunning(runFolder: string): Promise<boolean> {
  const launch = launchFolder(runFolder)
  const newest =
    (await readdir(launch))
      .filter((name) => /^\d{4}$/.test(name))
      .sort()
      .at(-1) ?? ""
  const log = await readFile(join(launch, newest, "logs", "0.log"), "utf8").catch(() => "")
  return newest > "0003" && log.includes(" % ")
}

export const dependentClaim: Claim = {
  title:
    "The following command is killed for good and its running jobs are cancelled: dependent jobs requeue " +
    "them and end the run with its report, the same bytes",
  measure: (logLine) =>
    onSlurmExperiment(40, async (scene) => {
      const { folder, file } = scene
      const [runsFolder, reports] = [join(folder, "slurm"), join(folder, "reports")]
      const profile = join(folder, "profile.yaml")
      await writeFile(
        profile,
        Object.entries(POLL)
          .map(([key, value]) => `${key}: ${value}\n`)
          .join(""),
      )
      const { plan } = await planFile(file)
      const runFolder = join(runsFolder, runNameOf(plan.config))
      const main = join(projectRoot, "src/cli/dist/main.js")
      const words = ["experiment", "run", file, "--runs", runsFolder, "--out", reports]
      const command = spawn(process.execPath, [main, ...words, "--launcher", "slurm", "--profile", profile], {
        cwd: projectRoot,
        stdio: "ignore",
      })
      const closed = new Promise((resolve) => command.once("close", resolve))
      while ((await anyCheckpoint(runFolder)) === false) await delay(20)
      command.kill("SIGKILL")
      await closed
      const [batch] = await readBatches(launchFolder(runFolder), "open")
      const running = batch === undefined ? [] : (await squeue([batch.jobName])).filter(isRunningTask)
      await cancel(running)
      const name = await dependentName(launchFolder(runFolder))
      logLine(`killed; the job that stands in is ${(await findJob(name))?.state}`)
      const page = join(reports, `${runNameOf(plan.config)}.html`)
      const startMs = performance.now()
      while ((await stat(page).catch(() => undefined)) === undefined) {
        if (performance.now() - startMs > 300_000)
          throw new AppError("prove/slurm", await readFile(join(launchFolder(runFolder), "follow.log"), "utf8"))
        await delay(250)
      }
      const seconds = (performance.now() - startMs) / 1000
      const noted = await readInterruptions(runFolder)
      return [
        atLeast("jobs that a dependent job requeued", counted(noted, "cancelled", "checkpoint"), 1),
        atMost("from the kill to the report", seconds, 300, "s"),
        await differsFromLocal(scene, runFolder, logLine),
      ]
    }),
}
