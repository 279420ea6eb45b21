#!/usr/bin/env node
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import yargs from "yargs"
import { hideBin } from "yargs/helpers"
import { registerCommands } from "./commands.js"

/** Exit codes: 0 done, 1 the work failed, 2 the command line was wrong. */
const cli = yargs(hideBin(process.argv))
  .scriptName("sourceprint")
  .usage("$0 <command>\n\nWhich scanner took this fingerprint, whose finger is it, and may this person in?")
  .demandCommand(1, "name a command; sourceprint --help lists them")
  .recommendCommands()
  .strict()
  .exitProcess(false)
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .fail((message, error) => {
    throw error ?? new AppError("cli/usage", message)
  })
await registerCommands(
  cli,
  hideBin(process.argv).find((word) => !word.startsWith("-")),
)

try {
  await cli.parseAsync()
} catch (error) {
  console.error(`sourceprint: ${messageOf(error)}`)
  if (process.env.SOURCEPRINT_DEBUG && error instanceof Error) console.error(error.stack)
  process.exitCode = error instanceof AppError && error.code === "cli/usage" ? 2 : 1
}
