import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { canonicalName } from "../../protocol/account-name.js"
import { runScanner, scannerHandlers } from "../../serve/client/run-scanner.js"
import { AppError } from "../../shared/errors.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { clientOptions } from "./client-options.js"
import { openWorld } from "./open-world.js"

const { server, scanner, "server-key": serverKey, state } = clientOptions
const options = {
  server,
  scanner: { ...scanner, demandOption: false },
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
  handler: async ({ scanner: port, twin, words, ...rest }) => {
    const from = twin === undefined ? port : `twin:${twin}`
    if (from === undefined)
      throw new AppError("client/scanner", "which scanner? --scanner <port> or --twin <finger>@<unit>")
    const shown = words.trim() === "" ? "" : canonicalName(words)
    if (shown === undefined)
      throw new AppError("client/words", `"${words}" cannot be shown: 1 to 64 printable characters`)
    const { deps, connect, device, fingers } = await openWorld({ ...rest, scanner: from })
    const say = (text: string): void => console.log(`${new Date().toISOString()} ${text}`)
    try {
      await stopOnInterrupt((signal) =>
        runScanner(
          { deps, connect, device, words: shown, handlers: scannerHandlers(fingers, say), say },
          signal,
        ),
      )
    } finally {
      await fingers.close()
    }
  },
}
