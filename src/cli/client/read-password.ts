import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { AppError } from "@sourceprint/core/errors.js"

/** Asks without showing what is typed, one prompt after the other; of a pipe it reads as many lines. Never an argument:
 *  those are for all to see. @throws AppError "client/password" when one is missing */
export async function readPasswords(prompts: readonly string[]): Promise<string[]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY })
  const say = (text: string): void => {
    if (process.stdin.isTTY) process.stderr.write(text)
  }
  const typed: string[] = []
  try {
    say(`${prompts[0]}: `)
    for await (const line of lines) {
      if (line === "") continue
      typed.push(line.normalize("NFC"))
      say("\n")
      if (typed.length === prompts.length) return typed
      say(`${prompts[typed.length]}: `)
    }
  } finally {
    lines.close()
  }
  throw new AppError("client/password", "no password was given")
}

export async function readPassword(prompt: string): Promise<string> {
  const [password = ""] = await readPasswords([prompt])
  return password
}
