import type { CommandModule } from "yargs"
import { twinDatasetCommand } from "./dataset.js"
import { twinFingerCommand } from "./finger.js"
import { twinServeCommand } from "./serve.js"

export const twinCommand: CommandModule = {
  command: "twin <command>",
  describe: "Simulated fingers and scanners: serve, dataset, finger",
  builder: (yargs) =>
    yargs.command(twinServeCommand).command(twinDatasetCommand).command(twinFingerCommand).demandCommand(1).strict(),
  handler: () => {},
}
