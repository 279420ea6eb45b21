import { cancelSlurmRun } from "@sourceprint/core/launch/slurm/slurm-cancel.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
} satisfies Record<string, Options>

export const experimentCancelCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "cancel <run>",
  describe: "Take a run's jobs out of Slurm's queue; those that run save their state",
  builder: options,
  handler: async ({ run, runs }) => {
    const { folder } = await runOf(runs, run)
    const { running, waiting } = await cancelSlurmRun(launchFolder(folder))
    console.log(
      running + waiting === 0
        ? `${run} has nothing in Slurm's queue`
        : `${run}: cancelled; ${waiting} jobs were waiting, ${running} were at work and save their state. ` +
            "The same experiment run continues with them",
    )
  },
}
