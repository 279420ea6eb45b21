import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { sbatch, squeue } from "@sourceprint/core/launch/slurm/slurm-commands.js"
import { dependentJob } from "@sourceprint/core/launch/slurm/slurm-dependent.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { planFile, runExperiment } from "@sourceprint/train/run-experiment.js"
import { jobStates, runNameOf } from "@sourceprint/train/run-folder.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import { killExperiment } from "../../test/support/kill-experiment.js"
import type { Claim } from "./claim.js"
import { atLeast, exactly } from "./figure.js"
import { cancel, differsFromLocal, onSlurm, onSlurmExperiment } from "./on-slurm.js"
import { accountsClaim } from "./slurm-accounts.js"
import { dependentClaim, faultsClaim } from "./slurm-faults.js"
import { preemptionClaim } from "./slurm-preemption.js"
import { sweepClaim } from "./slurm-sweep.js"

const settings = SlurmSettings.parse({ pollSeconds: 0.5, settleSeconds: 1 })
const PROFILE = "pollSeconds: 0.5\nsettleSeconds: 1\n"

/** Seconds that `count` jobs which do nothing take. */
async function trivial(launcher: Launcher, folder: string, count: number): Promise<number> {
  await mkdir(folder, { recursive: true })
  const jobs = Array.from({ length: count }, (_, i) => ({
    id: String(i),
    payload: { act: "finish", log: join(folder, String(i)) },
  }))
  const startMs = performance.now()
  let finished = 0
  await launcher.launch({
    jobs,
    moduleUrl: new URL("../../test/support/launch-jobs.js", import.meta.url).href,
    onEvent({ kind }) {
      if (kind === "finished") finished++
    },
  })
  if (finished !== count) throw new AppError("prove/slurm", `${finished} of ${count} jobs finished`)
  return (performance.now() - startMs) / 1000
}

/** Seconds that Slurm needs for an array whose tasks run `command`. */
async function bareArray(folder: string, count: number, command: string): Promise<number> {
  const path = join(folder, "bare.sh")
  const lines = ["#!/bin/sh", "#SBATCH --job-name=bare", `#SBATCH --array=0-${count - 1}`]
  await writeFile(path, [...lines, command, ""].join("\n"))
  const startMs = performance.now()
  const id = await sbatch(path, "/dev/null")
  for (;;) {
    const tasks = (await squeue(["bare"])).filter(({ jobId }) => jobId === id)
    if (tasks.length === count && tasks.every(({ state }) => state === "COMPLETED")) break
    await delay(500)
  }
  return (performance.now() - startMs) / 1000
}

const lines = async (path: string): Promise<number> => (await readFile(path, "utf8")).split("\n").length - 1

export const claims: readonly Claim[] = [
  {
    title: "One experiment on local and on a real one-node Slurm: the same bytes",
    measure: (logLine) =>
      onSlurmExperiment(3, async (scene) => {
        const there = await runExperiment(scene.file, {
          runsFolder: join(scene.folder, "slurm"),
          launcher: (runFolder) => slurmLauncher(settings, { folder: launchFolder(runFolder), logLine }),
          logLine,
        })
        return [
          exactly("jobs finished on Slurm", there.finishedJobs, 6),
          await differsFromLocal(scene, there.runFolder, logLine),
        ]
      }),
  },
  {
    title: "scancel of running jobs, kill -9 of slurmd and of the launching command: no job twice, none missing",
    measure: (logLine) =>
      onSlurmExperiment(40, async (scene) => {
        const { slurm, folder, file } = scene
        const runsFolder = join(folder, "slurm")
        const profile = join(folder, "profile.yaml")
        await writeFile(profile, PROFILE)
        const options = ["--launcher", "slurm", "--profile", profile]
        const killed = await killExperiment(file, runsFolder, options, (files) =>
          files.some((path) => path.endsWith("/checkpoint.bin")),
        )
        const { plan } = await planFile(file)
        const launch = launchFolder(join(runsFolder, runNameOf(plan.config)))
        const [batch] = await readBatches(launch, "open")
        if (batch === undefined) throw new AppError("prove/slurm", "the kill came too late")
        await slurm.killDaemon()
        await slurm.startDaemon()
        const running = (await squeue([batch.jobName])).filter(({ state }) => state === "RUNNING")
        let retried = 0
        // Takes over the job that stands in for the killed command.
        const dependent = dependentJob(settings, {
          folder: launch,
          command: ["--version"],
          detach: false,
          logLine,
        })
        const resuming = runExperiment(file, {
          runsFolder,
          launcher: slurmLauncher(settings, { folder: launch, logLine, dependent }),
          logLine(line) {
            if (line.includes("starts again")) retried++
            logLine(line)
          },
        })
        await cancel(running)
        const resumed = await resuming
        await dependent.end("done")
        const states = [...(await jobStates(resumed.runFolder, plan.jobs)).values()]
        const listed = (await readBatches(launch, "all")).flatMap(({ jobs }) => jobs)
        return [
          exactly("the launching command was killed before the end", Number(killed), 1),
          atLeast("running jobs that were cancelled", running.length, 1),
          exactly("jobs missing", states.filter((state) => state !== "finished").length, 0, "", `of ${states.length}`),
          exactly(
            "tasks beyond one a job and one a requeue",
            listed.length - plan.jobs.length - retried,
            0,
            "",
            `${listed.length} tasks, ${retried} requeued`,
          ),
          await differsFromLocal(scene, resumed.runFolder, logLine),
        ]
      }),
  },
  {
    title: "Scheduling overhead: 200 trivial jobs on Slurm and local beside Slurm's own for an empty array",
    measure: (logLine) =>
      onSlurm(async (_, folder) => {
        const count = 200
        const bare = await bareArray(folder, count, "true")
        logLine(`empty array: ${bare.toFixed(1)} s`)
        const local = await trivial(
          localLauncher({ workers: 2, memoryMbPerWorker: 1000, crashRetries: 0 }),
          join(folder, "local"),
          count,
        )
        logLine(`local: ${local.toFixed(1)} s`)
        const slurm = await trivial(
          slurmLauncher(settings, { folder: join(folder, "launch") }),
          join(folder, "slurm"),
          count,
        )
        const starts = await Promise.all(
          (await readdir(join(folder, "slurm"))).map((name) => lines(join(folder, "slurm", name))),
        )
        return [
          { name: "empty array", value: bare / count, unit: "s a task" },
          { name: "local", value: local / count, unit: "s a job" },
          {
            name: "slurm",
            value: slurm / count,
            unit: "s a job",
            note: `${(slurm / bare).toFixed(2)} times the empty array`,
          },
          exactly(
            "jobs that ran other than once",
            starts.filter((runs) => runs !== 1).length,
            0,
            "",
            `of ${starts.length}`,
          ),
        ]
      }),
  },
  faultsClaim,
  dependentClaim,
  sweepClaim,
  preemptionClaim,
  accountsClaim,
]
