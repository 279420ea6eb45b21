import type { Argv } from "yargs"
import { dataCommand } from "./data/data.js"

/** Every command of `sourceprint`, in the order of `--help`: one file a command (or group), one line here. Functions,
 *  because each command has options, and so a type, of its own. */
export const commands: readonly ((cli: Argv) => Argv)[] = [(cli) => cli.command(dataCommand)]
