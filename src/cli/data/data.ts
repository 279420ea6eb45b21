import type { CommandModule } from "yargs"
import { dataCheckCommand } from "./check.js"
import { dataDescribeCommand } from "./describe.js"
import { dataDiffCommand } from "./diff.js"
import { dataImportCommand } from "./import.js"
import { dataLogCommand } from "./log.js"
import { dataRestoreCommand } from "./restore.js"
import { dataStatsCommand } from "./stats.js"

export const dataCommand: CommandModule = {
  command: "data <command>",
  describe: "Datasets: import, check, stats, log, diff, restore, describe",
  builder: (yargs) =>
    yargs
      .command(dataImportCommand)
      .command(dataCheckCommand)
      .command(dataStatsCommand)
      .command(dataLogCommand)
      .command(dataDiffCommand)
      .command(dataRestoreCommand)
      .command(dataDescribeCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
