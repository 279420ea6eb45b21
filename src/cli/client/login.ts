import { runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { demanded, finish, nameOf, openClientContext } from "./client-context.js"
import { clientOptions } from "./client-options.js"
import { loginSystemA } from "./login-system-a.js"
import { readPassword } from "./read-password.js"
import { kioskOptions, runKiosk } from "./run-kiosk.js"

const options = {
  ...clientOptions,
  name: { ...clientOptions.name, demandOption: false },
  suite: {
    choices: ["opaque-aead", "system-a"] as const,
    default: "opaque-aead" as const,
    describe: "system-a: the replaced, insecure suite, for a server that has not been replaced yet",
  },
  "key-file": { type: "string", requiresArg: true, describe: "of system-a: the file of the shared Fernet key" },
  "verifier-file": {
    type: "string",
    requiresArg: true,
    describe: "of system-a: the file of the SHA-256 of password hash and secret hash, hex",
  },
  "server-id": { type: "string", requiresArg: true, default: "server", describe: "of system-a: the server's id" },
  ...kioskOptions,
} satisfies Record<string, Options>

export const loginCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "login",
  describe:
    "Sign in by password and finger or recorded face; exit code 0 passed, 3 refused, 4 password, 5 " +
    "device, 6 busy, 7 network, 8 scanner, 9 clock",
  builder: options,
  handler: async ({ kiosk, kioskPort, suite, keyFile, verifierFile, serverId, ...argv }) => {
    if (suite === "system-a") return loginSystemA({ ...argv, keyFile, verifierFile, serverId })
    if (kiosk) return runKiosk({ ...argv, port: kioskPort }, "sign-in", runSignIn)
    const name = nameOf(demanded(argv.name))
    const context = await openClientContext(argv)
    try {
      finish(await runSignIn(context, { name, password: await readPassword("password") }))
    } finally {
      await context.fingers?.close()
    }
  },
}
