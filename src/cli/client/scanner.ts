import { createInterface } from "node:readline"
import { AppError } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { openFingers } from "@sourceprint/serve/client/open-fingers.js"
import { runScanner, scannerHandlers } from "@sourceprint/serve/client/run-scanner.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { openConnection } from "./client-context.js"
import { clientOptions } from "./client-options.js"

const { server, scanner, sensor, "server-key": serverKey, state } = clientOptions
const options = {
  server: {
    ...server,
    type: "array",
    string: true,
    nargs: 1,
    describe: "host[:port], tls://host[:port]; once for each server, where several carry one service",
  },
  scanner,
  sensor,
  twin: {
    type: "string",
    requiresArg: true,
    describe: "a simulated scanner instead: <finger>@<unit>, as ada/right-index@unit-1",
  },
  words: {
    type: "string",
    default: "",
    requiresArg: true,
    describe: 'what people call this scanner, as "front desk"',
  },
  "server-key": serverKey,
  state,
} satisfies Record<string, Options>

export const scannerCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "scanner",
  describe: "Stay linked with the server: people who sign in by a browser touch this scanner; Ctrl-C ends",
  builder: (yargs) => yargs.options(options).conflicts("scanner", "twin"),
  handler: async ({ server: servers, scanner: port, sensor: id, twin, words, serverKey: key, state: folder }) => {
    const from = twin === undefined ? port : `twin:${twin}`
    if (from === undefined)
      throw new AppError("client/scanner", "which scanner? --scanner <port> or --twin <finger>@<unit>")
    const shown = words.trim() === "" ? "" : canonicalName(words)
    if (shown === undefined)
      throw new AppError("client/words", `"${words}" cannot be shown: 1 to 64 printable characters`)
    const logLine = (text: string): void => console.log(`${new Date().toISOString()} ${text}`)
    const links = await Promise.all(
      servers.map(async (name) => {
        const opened = openConnection({ server: String(name), serverKey: key, state: folder })
        return { deps: opened.deps, connect: opened.connect, device: await opened.state.device() }
      }),
    )
    const fingers = await openFingers(from, silentLog, logLine, id)
    const desk: { decline?: () => void } = {}
    const handlers = scannerHandlers(fingers, logLine, desk)
    const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined
    lines?.on("line", () => desk.decline?.())
    if (lines !== undefined) logLine("Enter declines a touch that nobody here asked for")
    try {
      await stopOnInterrupt((signal) =>
        Promise.all(links.map((link) => runScanner({ ...link, words: shown, handlers, logLine }, signal))),
      )
    } finally {
      lines?.close()
      await fingers.close()
    }
  },
}
