import type { CommandModule } from "yargs"
import { experimentCancelCommand } from "./cancel.js"
import { experimentDeleteCommand } from "./delete.js"
import { experimentExportCommand } from "./export.js"
import { experimentListCommand } from "./list.js"
import { experimentLogsCommand } from "./logs.js"
import { experimentNoteCommand } from "./note.js"
import { experimentPlanCommand } from "./plan.js"
import { experimentQueueCommand } from "./queue.js"
import { experimentRunCommand } from "./run.js"
import { experimentStatusCommand } from "./status.js"

export const experimentCommand: CommandModule = {
  command: "experiment <command>",
  describe: "Experiments: run, queue, plan, status, cancel, logs, list, note, export, delete",
  builder: (yargs) =>
    yargs
      .command(experimentRunCommand)
      .command(experimentQueueCommand)
      .command(experimentPlanCommand)
      .command(experimentStatusCommand)
      .command(experimentCancelCommand)
      .command(experimentLogsCommand)
      .command(experimentListCommand)
      .command(experimentNoteCommand)
      .command(experimentExportCommand)
      .command(experimentDeleteCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
