import type { CommandModule, InferredOptionTypes } from "yargs"
import { runSignIn } from "../../serve/client/run-client.js"
import { clientOptions } from "./client-options.js"
import { finish, nameOf, openWorld } from "./open-world.js"
import { readPassword } from "./read-password.js"

export const loginCommand: CommandModule<object, InferredOptionTypes<typeof clientOptions>> = {
  command: "login",
  describe:
    "Sign in by password and finger or recorded face; exit code 0 passed, 3 refused, 4 password, 5 device, 6 busy, 7 network, 8 scanner",
  builder: clientOptions,
  handler: async (argv) => {
    const name = nameOf(argv.name)
    const world = await openWorld(argv)
    try {
      finish(await runSignIn(world, { name, password: await readPassword("password") }))
    } finally {
      await world.fingers?.close()
    }
  },
}
