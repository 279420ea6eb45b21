import { deleteRun } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
} satisfies Record<string, Options>

export const experimentDeleteCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "delete <run>",
  describe: "Remove a run from the disk, with its models and scores",
  builder: options,
  handler: async ({ run, runs }) => {
    await deleteRun(runs, run)
    console.log(`${run} is deleted`)
  },
}
