import type { CommandModule } from "yargs"
import { captureLabelCommand } from "./label.js"
import { captureLedCommand } from "./led.js"
import { captureOneCommand } from "./one.js"
import { capturePortsCommand } from "./ports.js"
import { captureSessionCommand } from "./session.js"
import { captureTuneCommand } from "./tune.js"
import { captureVerifyCommand } from "./verify.js"
import { captureWatchCommand } from "./watch.js"

export const captureCommand: CommandModule = {
  command: "capture <command>",
  describe: "Scanners: guided sessions, single touches, checks, tuning",
  builder: (yargs) =>
    yargs
      .command(captureSessionCommand)
      .command(captureOneCommand)
      .command(captureWatchCommand)
      .command(captureVerifyCommand)
      .command(captureTuneCommand)
      .command(captureLabelCommand)
      .command(captureLedCommand)
      .command(capturePortsCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
