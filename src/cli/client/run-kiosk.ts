import { once } from "node:events"
import { type KioskPerson, startKiosk } from "@sourceprint/serve/client/kiosk.js"
import type { KioskPurpose } from "@sourceprint/serve/client/kiosk-page.js"
import { type ClientResult, clientOutcomes } from "@sourceprint/serve/client/outcome.js"
import type { ClientSignInContext } from "@sourceprint/serve/client/run-client.js"
import { notifyDesktop } from "@sourceprint/serve/client/system-notification.js"
import type { Options } from "yargs"
import { type ClientArguments, openClientContext, wordsOf } from "./client-context.js"

export const kioskPortOption = {
  type: "number",
  requiresArg: true,
  default: 7690,
  describe: "port of the kiosk's page on this machine",
} as const satisfies Options

/** Of enroll and login: people type their names at the page, so the command has none. */
export const kioskOptions = {
  kiosk: {
    type: "boolean",
    conflicts: "name",
    describe: "a page on this device, for one person after the other, in place of --name and a terminal",
  },
  "kiosk-port": kioskPortOption,
} as const satisfies Record<string, Options>

/** Serves the page on this device that shows touch, capture, checks and decision live, until the program is told to
 *  end. */
export async function runKiosk(
  argv: ClientArguments & { readonly port: number },
  purpose: KioskPurpose,
  prove: (context: ClientSignInContext, person: KioskPerson) => Promise<ClientResult>,
): Promise<void> {
  const context = await openClientContext(argv)
  const kiosk = await startKiosk(
    {
      purpose,
      wordsOf,
      prove: async (person, tell) => {
        const result = await prove({ ...context, tell }, person)
        notifyDesktop("sourceprint", clientOutcomes[result.outcome].words)
        return result
      },
    },
    argv.port,
  )
  console.log(`the kiosk is at ${kiosk.url}`)
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
  await kiosk.stop()
  await context.fingers?.close()
}
