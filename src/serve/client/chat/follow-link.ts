import { AppError } from "@sourceprint/core/errors.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { mayPass } from "@sourceprint/protocol/application/passing-failure.js"
import { type ClientDeps, ClientSession } from "@sourceprint/protocol/client-session.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"

export interface ResumeWorld {
  readonly deps: ClientDeps
  connect(): Promise<FramePort>
  /** Of the pass that the session began with. 32 bytes */
  readonly token: Uint8Array
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 15_000

/** A fresh connection under the session. @throws AppError "client/session" when the server does not know it any more,
 *  "application/busy", "client/unreachable", "protocol/…" */
export async function resumedLink({ deps, connect, token }: ResumeWorld): Promise<ApplicationLink> {
  const session = await ClientSession.open(deps, await connect())
  try {
    const answer = await session.resume(token)
    if (answer.type === MessageType.busy) throw new AppError("application/busy", "the server is busy")
    if (answer.outcome !== Outcome.pass) {
      throw new AppError("client/session", "the session has ended; sign in again")
    }
    return new ApplicationLink(session)
  } catch (error) {
    session.close()
    throw error
  }
}

/** Keeps a link until the signal is aborted: a lost one is replaced, after a pause that grows while the server cannot
 *  be reached. `use` gets each link and resolves when it is done with it or the link is lost.
 *  @throws AppError where trying again is no use */
export async function followLink(
  world: ResumeWorld,
  use: (link: ApplicationLink) => Promise<void>,
  onLost: (attempt: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const link = await resumedLink(world)
      const stop = (): void => link.close()
      signal.addEventListener("abort", stop)
      if (signal.aborted) stop()
      failures = 0
      try {
        await use(link)
        await link.closed
      } finally {
        stop()
        signal.removeEventListener("abort", stop)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!mayPass(error)) throw error
    }
    if (signal.aborted) return
    onLost(++failures)
    await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures), signal)
  }
}

const pause = (forMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, forMs)
    signal.addEventListener("abort", done)
  })
