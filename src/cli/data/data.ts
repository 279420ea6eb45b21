import type { CommandModule } from "yargs"
import { dataCheckCommand } from "./check.js"
import { dataImportCommand } from "./import.js"
import { dataStatsCommand } from "./stats.js"

export const dataCommand: CommandModule = {
  command: "data <command>",
  describe: "Datasets: import, check, stats",
  builder: (yargs) =>
    yargs.command(dataImportCommand).command(dataCheckCommand).command(dataStatsCommand).demandCommand(1).strict(),
  handler: () => {},
}
