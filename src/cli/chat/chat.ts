import { createReadStream } from "node:fs"
import { createInterface } from "node:readline/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { commandHelp } from "@sourceprint/serve/client/chat/chat-command.js"
import { lineScreen } from "@sourceprint/serve/client/chat/line-screen.js"
import { runChat } from "@sourceprint/serve/client/chat/run-chat.js"
import { runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { finish, nameOf, openProofs } from "../client/client-context.js"
import { clientOptions } from "../client/client-options.js"
import { readPassword } from "../client/read-password.js"

const options = {
  ...clientOptions,
  server: { ...clientOptions.server, demandOption: false },
  name: { ...clientOptions.name, demandOption: false },
  scanner: { ...clientOptions.scanner, demandOption: false },
  script: {
    type: "string",
    requiresArg: true,
    describe: "a file of lines to say and commands to do, as if they were typed",
  },
  downloads: { type: "string", requiresArg: true, default: ".", describe: "folder for fetched files" },
} satisfies Record<string, Options>

/** Asks on a terminal. @throws AppError "client/argument" where there is none */
async function asked(given: string | undefined, what: string): Promise<string> {
  if (given !== undefined) return given
  if (!process.stdin.isTTY) throw new AppError("client/argument", `which ${what}? write --${what} …`)
  const question = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await question.question(`${what}: `)).trim()
  } finally {
    question.close()
  }
}

export const chatCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "chat",
  describe: "End-to-end encrypted chat in the terminal; without a terminal, plain lines for scripts",
  builder: options,
  handler: async ({ script, downloads, ...argv }) => {
    const server = await asked(argv.server, "server")
    const name = nameOf(await asked(argv.name, "name"))
    const context = await openProofs({ ...argv, server })
    const typed = script === undefined && !process.stdin.isTTY
    const commands = Object.keys(commandHelp).map((command) => `/${command}`)
    const open = () =>
      lineScreen(script === undefined ? process.stdin : createReadStream(script), process.stdout, commands)
    // In a pipe the password is the first line, and the lines behind it are the chat's.
    const early = typed ? open() : undefined
    const first = await early?.lines().next()
    const password = first === undefined ? await readPassword("password") : String(first.value ?? "")
    let identity: Uint8Array | undefined
    const deps = {
      ...context.deps,
      trusts: (shown: Uint8Array) => {
        identity = shown
        return context.deps.trusts(shown)
      },
    }
    try {
      const result = await runSignIn({ ...context, deps }, { name, password })
      const { token } = result
      if (token === undefined || identity === undefined) {
        early?.close()
        finish(result)
        return
      }
      const done = await runChat({
        context: { deps, connect: context.connect, token },
        screen: early ?? open(),
        serverIdentity: identity,
        name,
        stateFolder: argv.state,
        downloadFolder: downloads,
      })
      if (!done && !process.stdin.isTTY) process.exitCode = 1
    } finally {
      await context.fingers?.close()
    }
  },
}
