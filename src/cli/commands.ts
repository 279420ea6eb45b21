import type { Argv } from "yargs"
import { dataCommand } from "./data/data.js"
import { experimentCommand } from "./experiment/experiment.js"
import { twinCommand } from "./twin/twin.js"

/** Every command of `sourceprint`, in the order of `--help`: one file a command (or group), one line here. Functions,
 *  because each command has options, and so a type, of its own. */
export const commands: readonly ((cli: Argv) => Argv)[] = [
  (cli) => cli.command(dataCommand),
  (cli) => cli.command(experimentCommand),
  (cli) => cli.command(twinCommand),
]
