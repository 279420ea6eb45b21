import type { CommandModule } from "yargs"
import { newExperimentCommand } from "./experiment.js"
import { newModelCommand } from "./model.js"

export const newCommand: CommandModule = {
  command: "new <command>",
  describe: "Write a first file: experiment, model",
  builder: (yargs) => yargs.command(newExperimentCommand).command(newModelCommand).demandCommand(1),
  handler: () => {},
}
