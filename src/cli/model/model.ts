import type { CommandModule } from "yargs"
import { modelAliasCommand } from "./alias.js"
import { modelExportCommand } from "./export.js"
import { modelImportCommand } from "./import.js"
import { modelListCommand } from "./list.js"
import { modelPredictCommand } from "./predict.js"
import { modelPromoteCommand } from "./promote.js"
import { modelShowCommand } from "./show.js"
import { modelTamperDetectorCommand } from "./tamper-detector.js"
import { modelVerifyCommand } from "./verify.js"

export const modelCommand: CommandModule = {
  command: "model <command>",
  describe: "Promoted models: promote, list, alias, show, verify, predict, export, import; tamper-detector",
  builder: (yargs) =>
    yargs
      .command(modelPromoteCommand)
      .command(modelListCommand)
      .command(modelAliasCommand)
      .command(modelShowCommand)
      .command(modelVerifyCommand)
      .command(modelPredictCommand)
      .command(modelExportCommand)
      .command(modelImportCommand)
      .command(modelTamperDetectorCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
