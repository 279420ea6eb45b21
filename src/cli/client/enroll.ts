import { randomBytes } from "node:crypto"
import { runEnrolment } from "@sourceprint/serve/client/run-client.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { demanded, finish, nameOf, openClientContext } from "./client-context.js"
import { clientOptions } from "./client-options.js"
import { readPassword } from "./read-password.js"
import { kioskOptions, runKiosk } from "./run-kiosk.js"

const options = {
  ...clientOptions,
  name: { ...clientOptions.name, demandOption: false },
  finger: { type: "string", default: "right-index", requiresArg: true, describe: "which finger it is" },
  code: { type: "string", default: "", requiresArg: true, describe: "enrolment code from an operator" },
  ...kioskOptions,
} satisfies Record<string, Options>

export const enrollCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "enroll",
  describe:
    "Make an account: password and touches of one finger, or a recorded face; all of it or nothing; exit " +
    "codes as of login",
  builder: options,
  handler: async ({ kiosk, kioskPort, finger, ...argv }) => {
    if (kiosk) {
      return runKiosk({ ...argv, port: kioskPort }, "sign-up", (context, { code, ...person }) =>
        runEnrolment(context, { ...person, finger, code: code || argv.code, enrolmentId: randomBytes(32) }),
      )
    }
    const name = nameOf(demanded(argv.name))
    const context = await openClientContext(argv)
    try {
      const password = await readPassword("new password")
      const { code } = argv
      finish(await runEnrolment(context, { name, password, finger, code, enrolmentId: randomBytes(32) }))
    } finally {
      await context.fingers?.close()
    }
  },
}
