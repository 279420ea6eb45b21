import { runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { clientOptions, scannerOption } from "./client-options.js"
import { kioskPortOption, runKiosk } from "./run-kiosk.js"

const { server, sensor, "server-key": serverKey, state } = clientOptions
const options = {
  server,
  scanner: { ...scannerOption, demandOption: true },
  sensor,
  "server-key": serverKey,
  state,
  port: kioskPortOption,
} satisfies Record<string, Options>

export const kioskCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "kiosk",
  describe: "The same as login --kiosk",
  builder: options,
  handler: (argv) => runKiosk(argv, "sign-in", runSignIn),
}
