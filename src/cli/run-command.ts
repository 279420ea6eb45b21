import { AppError } from "@sourceprint/core/errors.js"
import yargs from "yargs"
import { registerCommands } from "./commands.js"

/** Runs the command line `words` (without node and script).
 *  @throws AppError "cli/usage" where it is wrong, and whatever ends the command */
export async function runCommand(words: readonly string[]): Promise<void> {
  const cli = yargs([...words])
    .scriptName("sourceprint")
    .usage("$0 <command>\n\nWhich scanner took this fingerprint, whose finger is it, and may this person in?")
    .demandCommand(1, "name a command; sourceprint --help lists them")
    .recommendCommands()
    .strict()
    .exitProcess(false)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .check((given) => {
      const [option] = Object.entries(given).find(([, value]) => [value].flat().some(Number.isNaN)) ?? []
      if (option !== undefined) throw new AppError("cli/usage", `--${option} takes a number, such as 0.5 or 12`)
      return true
    }, true)
    .fail((message, error) => {
      throw error ?? new AppError("cli/usage", message)
    })
  await registerCommands(
    cli,
    words.find((word) => !word.startsWith("-")),
  )
  await cli.parseAsync()
}
