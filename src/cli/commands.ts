import type { Argv } from "yargs"
import { captureCommand } from "./capture/capture.js"
import { clientCommand } from "./client/client.js"
import { dataCommand } from "./data/data.js"
import { demoCommand } from "./demo/demo.js"
import { experimentCommand } from "./experiment/experiment.js"
import { matchCommand } from "./match/match.js"
import { modelCommand } from "./model/model.js"
import { reportCommand } from "./report.js"
import { accountCommand } from "./serve/account.js"
import { auditCommand } from "./serve/audit.js"
import { deviceCommand } from "./serve/device.js"
import { keysCommand } from "./serve/keys.js"
import { serveCommand } from "./serve/serve.js"
import { trialCommand } from "./trial/trial.js"
import { twinCommand } from "./twin/twin.js"

/** Every command of `sourceprint`, in the order of `--help`: one file a command (or group), one line here. Functions,
 *  because each command has options, and so a type, of its own. */
export const commands: readonly ((cli: Argv) => Argv)[] = [
  (cli) => cli.command(demoCommand),
  (cli) => cli.command(captureCommand),
  (cli) => cli.command(dataCommand),
  (cli) => cli.command(experimentCommand),
  (cli) => cli.command(modelCommand),
  (cli) => cli.command(matchCommand),
  (cli) => cli.command(reportCommand),
  (cli) => cli.command(twinCommand),
  (cli) => cli.command(serveCommand),
  (cli) => cli.command(clientCommand),
  (cli) => cli.command(accountCommand),
  (cli) => cli.command(deviceCommand),
  (cli) => cli.command(auditCommand),
  (cli) => cli.command(keysCommand),
  (cli) => cli.command(trialCommand),
]
