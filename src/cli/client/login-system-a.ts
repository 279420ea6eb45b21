import { systemClock } from "@sourceprint/core/clock.js"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { parseServer } from "@sourceprint/serve/client/connect-server.js"
import { openFingers } from "@sourceprint/serve/client/open-fingers.js"
import { readSystemAFiles, systemASignIn } from "@sourceprint/serve/client/system-a-sign-in.js"
import { demanded, finish } from "./client-context.js"
import { readPassword } from "./read-password.js"

const TOUCH_WITHIN_MS = 60_000

interface SystemAArguments {
  readonly server: string
  readonly name?: string | undefined
  readonly scanner?: string | undefined
  readonly sensor?: string
  readonly keyFile?: string | undefined
  readonly verifierFile?: string | undefined
  readonly serverId: string
}

const logLine = (text: string): void => console.error(text)

/** One touch and one exchange with a server of the replaced suite. @throws AppError "cli/usage" where an option is
 *  missing */
export async function loginSystemA(given: SystemAArguments): Promise<void> {
  const { scanner, keyFile, verifierFile, serverId } = given
  const name = demanded(given.name)
  if (scanner === undefined || keyFile === undefined || verifierFile === undefined) {
    throw new AppError("cli/usage", "--suite system-a needs --scanner, --key-file and --verifier-file")
  }
  const files = await readSystemAFiles(keyFile, verifierFile)
  const server = parseServer(given.server)
  logLine("system-a is INSECURE: one shared key, replays, a password that the server does not check")
  const fingers = await openFingers(scanner, silentLog, logLine, given.sensor)
  try {
    const password = await readPassword("password")
    logLine("place your finger on the scanner")
    const { image } = await fingers.capture(TOUCH_WITHIN_MS)
    const client = { crypto: webCrypto, clock: systemClock, serverId, ...files }
    finish(await systemASignIn(client, server, { name, password }, image))
  } catch (error) {
    if (hasCode(error, "client/unreachable")) return finish({ outcome: "unreachable", note: messageOf(error) })
    if (hasCode(error, "client/no-touch")) return finish({ outcome: "sensor", note: messageOf(error) })
    throw error
  } finally {
    await fingers.close()
  }
}
