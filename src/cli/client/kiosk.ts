import { once } from "node:events"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { startKiosk } from "../../serve/client/kiosk.js"
import { clientOutcomes } from "../../serve/client/outcome.js"
import { runSignIn } from "../../serve/client/run-client.js"
import { notifyDesktop } from "../../serve/client/system-notification.js"
import { clientOptions, scannerOption } from "./client-options.js"
import { openScanner, wordsOf } from "./open-world.js"

const { server, "server-key": serverKey, state } = clientOptions
const options = {
  server,
  scanner: { ...scannerOption, demandOption: true },
  "server-key": serverKey,
  state,
  port: { type: "number", default: 7690, requiresArg: true, describe: "port of the page on this machine" },
} satisfies Record<string, Options>

export const kioskCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "kiosk",
  describe: "A page on this device that shows touch, capture, checks and decision live",
  builder: options,
  handler: async ({ port, ...argv }) => {
    const world = await openScanner(argv)
    const signIn: Parameters<typeof startKiosk>[0]["signIn"] = async (person, tell) => {
      const result = await runSignIn({ ...world, tell }, person)
      notifyDesktop("sourceprint", clientOutcomes[result.outcome].words)
      return result
    }
    const kiosk = await startKiosk({ signIn, wordsOf }, port)
    console.log(`the kiosk is at ${kiosk.url}`)
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
    await kiosk.stop()
    await world.fingers.close()
  },
}
