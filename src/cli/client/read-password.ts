import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { AppError } from "@sourceprint/core/errors.js"

/** Asks without showing what is typed; reads the first line of a pipe. Never an argument: those are for all to see.
 *  @throws AppError "client/password" when there is none */
export async function readPassword(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`${prompt}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY })
  try {
    for await (const line of lines) if (line !== "") return line.normalize("NFC")
  } finally {
    lines.close()
    if (process.stdin.isTTY) process.stderr.write("\n")
  }
  throw new AppError("client/password", "no password was given")
}
