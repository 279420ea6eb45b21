import { hasCode } from "@sourceprint/core/errors.js"
import { type ClientDeps, ClientSession, type Credentials } from "@sourceprint/protocol/client-session.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import type { ScannerEntry } from "@sourceprint/protocol/message.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { Progress } from "@sourceprint/protocol/scanner-progress.js"
import type { SessionStep } from "@sourceprint/protocol/session-step.js"
import type { ClientResult } from "@sourceprint/serve/client/outcome.js"

/** What a client without a scanner of its own works with. */
export interface LinkedContext {
  readonly deps: ClientDeps
  connect(): Promise<FramePort>
  /** Which of the linked scanners; undefined gives up. Asked again after a retry and where that one could not. */
  choose(scanners: readonly ScannerEntry[], remaining: number): Promise<string | undefined>
  /** What happens there. */
  hear(progress: Progress): void | Promise<void>
}

type Person = Omit<Credentials, "device">

/** Password, then captures at linked scanners, until there is a decision. For policies whose one way is the finger,
 *  with or without the scanner. @throws AppError "protocol/closed", "protocol/malformed", "client/unreachable" */
export const linkedSignIn = (context: LinkedContext, person: Person): Promise<ClientResult> =>
  withSession(context, async (session) => captures(context, session, await session.signIn(person)))

/** The same for a new account. */
export const linkedEnrolment = (
  context: LinkedContext,
  person: Person & { readonly enrolmentId: Uint8Array; readonly code: string; readonly finger: string },
): Promise<ClientResult> =>
  withSession(context, async (session) => {
    const result = await captures(context, session, await session.enrol(person))
    return result.outcome === "passed" ? { outcome: "enrolled" } : result
  })

async function withSession(
  context: LinkedContext,
  work: (session: ClientSession) => Promise<ClientResult>,
): Promise<ClientResult> {
  const session = await ClientSession.open(context.deps, await context.connect())
  try {
    return await work(session)
  } catch (error) {
    if (hasCode(error, "protocol/password")) return { outcome: "password" }
    throw error
  } finally {
    session.close()
  }
}

async function captures(context: LinkedContext, session: ClientSession, first: SessionStep): Promise<ClientResult> {
  let step = first
  while (step.type === MessageType.scanners) {
    const scannerId = await context.choose(step.scanners, step.remaining)
    if (scannerId === undefined) return { outcome: "sensor", note: "no scanner was chosen" }
    const answer = await session.chooseScanner(scannerId, (progress) => context.hear(progress))
    const again = answer.type === MessageType.decision && answer.outcome === Outcome.retry
    step = again ? await session.nextStep() : answer
  }
  if (step.type === MessageType.busy) return { outcome: "busy" }
  if (step.type !== MessageType.decision) return { outcome: "refused", note: "the server asks for another factor" }
  const { outcome, token, expiresAtMs } = step
  return outcome === Outcome.pass ? { outcome: "passed", token, expiresAtMs } : { outcome: "refused" }
}
