import type { CommandModule } from "yargs"
import { newExperimentCommand } from "./experiment.js"

export const newCommand: CommandModule = {
  command: "new <command>",
  describe: "Write a first file: experiment",
  builder: (yargs) => yargs.command(newExperimentCommand).demandCommand(1),
  handler: () => {},
}
