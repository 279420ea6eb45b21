import { delay } from "@sourceprint/core/async/delay.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { remainingWords } from "@sourceprint/protocol/scanner-progress.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ClientState } from "@sourceprint/serve/client/client-state.js"
import { connectServer, parseServer, serverName } from "@sourceprint/serve/client/connect-server.js"
import { openFingers } from "@sourceprint/serve/client/open-fingers.js"
import { type ClientResult, clientOutcomes } from "@sourceprint/serve/client/outcome.js"
import type { ClientContext, ClientSignInContext, ClientStep } from "@sourceprint/serve/client/run-client.js"
import { trustServer } from "@sourceprint/serve/client/trust-server.js"

export interface ClientArguments {
  readonly server: string
  readonly scanner?: string | undefined
  /** Which sensor `scanner` is. */
  readonly sensor?: string
  readonly face?: string | undefined
  readonly serverKey?: string | undefined
  readonly state: string
}

const logLine = (text: string): void => console.error(text)

export const wordsOf = (step: ClientStep): string | undefined => {
  switch (step.step) {
    case "touch":
      return (
        `place your finger on the scanner (${Math.floor(step.windowMs / 1000)} s, ` +
        `${remainingWords(step.purpose, step.remaining)})`
      )
    case "face":
      return `showing the recorded face: ${step.actions.join(", ")}`
    case "captured":
      return "captured; you may lift your finger"
    case "again":
      return "once more, please"
    case "waiting":
      return `the server asks to wait ${Math.ceil(step.forMs / 1000)} s`
    case "lost":
      return "the connection was lost; trying again"
    case "connected":
    case "password":
    case "password-accepted":
    case "shown":
      return undefined
  }
}

type ServerArguments = Omit<ClientArguments, "scanner" | "sensor" | "face">

/** What every client needs, without a scanner. @throws AppError where an argument is wrong */
export function openConnection({ server, serverKey, state: folder }: ServerArguments) {
  const address = parseServer(server)
  const state = new ClientState(folder, webCrypto)
  const trusts = trustServer(state, serverName(address), serverKey, logLine)
  return {
    state,
    deps: { crypto: webCrypto, clock: systemClock, trusts },
    connect: () => connectServer(address),
    tell: (step: ClientStep): void => {
      const words = wordsOf(step)
      if (words !== undefined) logLine(words)
    },
    sleep: delay,
  }
}

/** The device of this installation and its scanner. @throws AppError where there is no device key or no scanner */
async function openScanner({
  scanner,
  sensor,
  ...rest
}: ServerArguments & {
  readonly scanner: string
  readonly sensor: string | undefined
}): Promise<ClientContext> {
  const { state, ...connection } = openConnection(rest)
  const device = await state.device()
  return { ...connection, device, fingers: await openFingers(scanner, silentLog, logLine, sensor) }
}

/** Everything that enroll and login work with: a scanner, a recorded face, or both.
 *  @throws AppError where an argument is wrong, the scanner is absent, or there is neither */
export function openClientContext(given: ClientArguments): Promise<ClientSignInContext> {
  if (given.scanner === undefined && given.face === undefined) {
    throw new AppError("client/factor", "say what proves the person: --scanner, --face, or both")
  }
  return openProofs(given)
}

/** The same where a password alone may do. */
export async function openProofs({ scanner, sensor, face, ...rest }: ClientArguments): Promise<ClientSignInContext> {
  const context = scanner === undefined ? openConnection(rest) : await openScanner({ ...rest, scanner, sensor })
  if (face === undefined) return context
  const { recordedFace } = await import("@sourceprint/serve/client/recorded-face.js")
  return { ...context, faces: await recordedFace(face, systemClock, (line) => console.error(line)) }
}

/** The name that a command without a kiosk needs. @throws AppError "cli/usage" */
export function demanded(name: string | undefined): string {
  if (name === undefined) throw new AppError("cli/usage", "say who it is: --name, or --kiosk for a page that asks")
  return name
}

/** @throws AppError "client/name" */
export function nameOf(text: string): string {
  const name = canonicalName(text)
  if (name === undefined) {
    throw new AppError("client/name", `"${text}" cannot be a name: 1 to 64 printable characters, no doubled spaces`)
  }
  return name
}

/** Prints the result in words and sets the exit code. */
export function finish({ outcome, note }: ClientResult): void {
  const { exitCode, words } = clientOutcomes[outcome]
  console.log(note === undefined ? words : `${words} (${note})`)
  process.exitCode = exitCode
}
