#!/usr/bin/env node
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import { outliveClosedOutput } from "./closed-output.js"

/** Says what ended the work, once; exit codes: 0 done, 1 the work failed, 2 the command line was wrong. */
function fail(error: unknown): void {
  const fault = error instanceof AppError ? undefined : systemFault(error)
  const { path } = error as NodeJS.ErrnoException
  const text = fault === undefined ? messageOf(error) : `${path === undefined ? "" : `${path}: `}${fault}`
  console.error(`sourceprint: ${text}`)
  if (process.env.SOURCEPRINT_DEBUG && error instanceof Error) console.error(error.stack)
  process.exitCode = error instanceof AppError && error.code === "cli/usage" ? 2 : 1
}

outliveClosedOutput()
process.on("uncaughtException", (error) => {
  fail(error)
  process.exit()
})
try {
  // Loaded here, so that a system that refuses to open the program's own files is named like any other fault.
  const { runCommand } = await import("./run-command.js")
  await runCommand(process.argv.slice(2))
} catch (error) {
  fail(error)
}
