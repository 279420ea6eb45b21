import { canonicalName } from "../../protocol/account-name.js"
import { webCrypto } from "../../protocol/web-crypto.js"
import { ClientState } from "../../serve/client/client-state.js"
import { connectServer, parseServer, serverName } from "../../serve/client/connect-server.js"
import { openFingers } from "../../serve/client/open-fingers.js"
import { type ClientResult, clientOutcomes } from "../../serve/client/outcome.js"
import type { ClientStep, ClientWorld } from "../../serve/client/run-client.js"
import { trustServer } from "../../serve/client/trust-server.js"
import { systemClock } from "../../shared/clock.js"
import { AppError } from "../../shared/errors.js"
import { silentLog } from "../../shared/log.js"

export interface ClientArguments {
  readonly server: string
  readonly scanner: string
  readonly serverKey?: string | undefined
  readonly state: string
}

const say = (text: string): void => console.error(text)

export const wordsOf = (step: ClientStep): string | undefined => {
  switch (step.step) {
    case "touch":
      return `place your finger on the scanner (${step.remaining} to go)`
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
      return undefined
  }
}

/** What every client needs, without a scanner. @throws AppError where an argument is wrong */
export function openConnection({ server, serverKey, state: folder }: Omit<ClientArguments, "scanner">) {
  const address = parseServer(server)
  const state = new ClientState(folder, webCrypto)
  const trusts = trustServer(state, serverName(address), serverKey, say)
  return {
    state,
    deps: { crypto: webCrypto, clock: systemClock, trusts },
    connect: () => connectServer(address),
    tell: (step: ClientStep): void => {
      const words = wordsOf(step)
      if (words !== undefined) say(words)
    },
    sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** Everything that enroll and login work with. @throws AppError where an argument is wrong or the scanner is absent */
export async function openWorld({ scanner, ...rest }: ClientArguments): Promise<ClientWorld> {
  const { state, ...connection } = openConnection(rest)
  const device = await state.device()
  return { ...connection, device, fingers: await openFingers(scanner, silentLog, say) }
}

/** @throws AppError "client/name" */
export function nameOf(text: string): string {
  const name = canonicalName(text)
  if (name === undefined) {
    throw new AppError(
      "client/name",
      `"${text}" cannot be a name: 1 to 64 printable characters, no doubled spaces`,
    )
  }
  return name
}

/** Prints the result in words and sets the exit code. */
export function finish({ outcome, note }: ClientResult): void {
  const { exitCode, words } = clientOutcomes[outcome]
  console.log(note === undefined ? words : `${words} (${note})`)
  process.exitCode = exitCode
}
