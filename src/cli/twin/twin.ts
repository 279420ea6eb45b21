import type { CommandModule } from "yargs"
import { twinDatasetCommand } from "./dataset.js"
import { twinFingerCommand } from "./finger.js"

export const twinCommand: CommandModule = {
  command: "twin <command>",
  describe: "Simulated fingers and scanners: dataset, finger",
  builder: (yargs) => yargs.command(twinDatasetCommand).command(twinFingerCommand).demandCommand(1).strict(),
  handler: () => {},
}
