import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { readInterruptions } from "@sourceprint/train/interruptions.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, exactly } from "./figure.js"
import { differsFromLocal, onSlurmExperiment } from "./on-slurm.js"

const JOBS = 6

const hasCheckpoint = async (runsFolder: string): Promise<boolean> =>
  (await readdir(runsFolder, { recursive: true }).catch(() => [])).some((path) => path.endsWith("checkpoint.bin"))

export const preemptionClaim: Claim = {
  title:
    "Jobs of a higher partition take the place of jobs that train, requeued by Slurm (main) or cancelled " +
    "(lent): on from their checkpoints, no requeue used up, named in the report, the same bytes",
  measure: (logLine) =>
    onSlurmExperiment(40, async (scene) => {
      const { slurm, folder, file } = scene
      const figures: Figure[] = []
      for (const partition of ["main", "lent"]) {
        const runsFolder = join(folder, partition)
        const settings = SlurmSettings.parse({
          partition,
          pollSeconds: 0.5,
          settleSeconds: 1,
          requeues: 0, // a pre-emption that were counted as a requeue would fail the job
        })
        const running = runExperiment(file, {
          runsFolder,
          launcher: (runFolder) => slurmLauncher(settings, { folder: launchFolder(runFolder), logLine }),
          logLine,
        })
        while (!(await hasCheckpoint(runsFolder))) await delay(50)
        await slurm.takeTheirPlace()
        const { runFolder, runName, finishedJobs, failures } = await running
        const noted = await readInterruptions(runFolder)
        const preempted = noted.filter(({ cause }) => cause === "preempted")
        const listed = (await readBatches(launchFolder(runFolder), "all")).flatMap(({ jobs }) => jobs)
        const [page = ""] = await reportRuns({
          runsFolder,
          reportsFolder: join(folder, `reports-${partition}`),
          which: [runName],
          worstErrors: 0,
          audit: false,
        })
        const again = partition === "lent" ? preempted.length : 0 // in main Slurm itself starts them again
        figures.push(
          atLeast(`${partition}: jobs that were pre-empted`, preempted.length, 1),
          atLeast(
            `${partition}: of which continued from their checkpoint`,
            preempted.filter(({ next }) => next === "checkpoint").length,
            1,
          ),
          exactly(`${partition}: other interruptions`, noted.length - preempted.length, 0),
          exactly(`${partition}: jobs that failed`, failures.length, 0),
          exactly(`${partition}: jobs finished`, finishedJobs, JOBS),
          exactly(`${partition}: tasks beyond one a job and one a cancelled one`, listed.length - JOBS - again, 0),
          exactly(
            `${partition}: the report says "pre-empted"`,
            Number((await readFile(page, "utf8")).includes("pre-empted")),
            1,
          ),
          await differsFromLocal(scene, runFolder, logLine),
        )
      }
      return figures
    }),
}
