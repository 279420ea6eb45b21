import type { CommandModule } from "yargs"
import { modelGuardCommand } from "./guard.js"
import { modelListCommand } from "./list.js"
import { modelPredictCommand } from "./predict.js"
import { modelPromoteCommand } from "./promote.js"
import { modelShowCommand } from "./show.js"
import { modelVerifyCommand } from "./verify.js"

export const modelCommand: CommandModule = {
  command: "model <command>",
  describe: "Promoted models: promote, list, show, verify, predict; guard",
  builder: (yargs) =>
    yargs
      .command(modelPromoteCommand)
      .command(modelListCommand)
      .command(modelShowCommand)
      .command(modelVerifyCommand)
      .command(modelPredictCommand)
      .command(modelGuardCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
