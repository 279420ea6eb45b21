import type { CommandModule } from "yargs"
import { matchBenchmarkCommand } from "./benchmark.js"
import { matchCalibrateCommand } from "./calibrate.js"
import { matchExportCommand } from "./export.js"
import { matchIdentifyCommand } from "./identify.js"
import { matchImportCommand } from "./import.js"
import { matchListCommand } from "./list.js"
import { matchVerifyCommand } from "./verify.js"

export const matchCommand: CommandModule = {
  command: "match <command>",
  describe: "Fingers and faces: verify, identify, benchmark, calibrate, export, import",
  builder: (yargs) =>
    yargs
      .command(matchListCommand)
      .command(matchVerifyCommand)
      .command(matchIdentifyCommand)
      .command(matchBenchmarkCommand)
      .command(matchExportCommand)
      .command(matchImportCommand)
      .command(matchCalibrateCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
