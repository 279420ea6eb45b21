import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { resumedLink } from "@sourceprint/protocol/application/resumed-link.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { localPasswordProof } from "@sourceprint/protocol/local-password-proof.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { finish, nameOf, openProofs } from "./client-context.js"
import { clientOptions } from "./client-options.js"
import { readPasswords } from "./read-password.js"

const options = {
  ...clientOptions,
  "keep-sessions": {
    type: "boolean",
    default: false,
    describe: "who is signed in elsewhere stays so; else all other sessions end",
  },
} satisfies Record<string, Options>

export const passwordCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "password",
  describe: "Sign in, then put a new password in the place of the present one",
  builder: options,
  handler: async ({ keepSessions, ...argv }) => {
    const name = nameOf(argv.name)
    const context = await openProofs(argv)
    try {
      const prompts = ["password", "new password", "new password again"]
      const [password = "", newPassword = "", again = ""] = await readPasswords(prompts)
      if (newPassword !== again) throw new AppError("client/password", "the two new passwords differ")
      const result = await runSignIn(context, { name, password })
      if (result.token === undefined) return finish(result)
      const open = async () => ClientSession.open(context.deps, await context.connect())
      const link = await resumedLink(result.token, open)
      try {
        const account = new AccountClient(link, webCrypto, systemClock)
        await account.changePassword(localPasswordProof, { name, password, newPassword, endOthers: !keepSessions })
      } finally {
        link.close()
      }
      console.log(keepSessions ? "the password is changed" : "the password is changed; all other sessions have ended")
    } finally {
      await context.fingers?.close()
    }
  },
}
