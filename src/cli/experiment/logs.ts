import { readFile } from "node:fs/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { logPath, readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  job: {
    type: "string",
    alias: "cell",
    describe: "jobs whose id contains this; else one line a job, its last",
  },
  ...runsOption,
} satisfies Record<string, Options>

export const experimentLogsCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "logs <run> [job]",
  describe: "What the jobs of a run on Slurm wrote",
  builder: options,
  handler: async ({ run, job, runs }) => {
    const { folder } = await runOf(runs, run)
    const batches = await readBatches(launchFolder(folder), "all")
    if (batches.length === 0) throw new AppError("run/logs", `${run} was never launched on Slurm; it has no logs`)
    let found = 0
    for (const batch of batches) {
      for (const [index, { id, attempt }] of batch.jobs.entries()) {
        if (job !== undefined && !id.includes(job)) continue
        const text = await readFile(logPath(batch.folder, index), "utf8").catch(() => "")
        found++
        if (job === undefined) console.log(`${id}  attempt ${attempt}  ${text.trimEnd().split("\n").at(-1)}`)
        else console.log(`--- ${id}, attempt ${attempt}\n${text.trimEnd()}`)
      }
    }
    if (found === 0) throw new AppError("run/logs", `no job of ${run} on Slurm has "${job}" in its id`)
  },
}
