import { withRetry } from "@sourceprint/core/async/with-retry.js"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import { type ClientDeps, ClientSession, type Credentials } from "@sourceprint/protocol/client-session.js"
import { clockRefusedAt, clockWords } from "@sourceprint/protocol/clock-refusal.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { type FaceActionName, faceActionOf } from "@sourceprint/protocol/face-action.js"
import type { Factor, FactorSet } from "@sourceprint/protocol/factor-set.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { Purpose, touchTimeMs } from "@sourceprint/protocol/scanner-progress.js"
import type { BusyMessage, DecisionMessage, NextChallenge, SessionStep } from "@sourceprint/protocol/session-step.js"
import { whenNotBusy } from "@sourceprint/protocol/when-not-busy.js"
import type { FaceSource } from "./face-source.js"
import type { FingerCapture, FingerSource } from "./finger-source.js"
import type { ClientResult } from "./outcome.js"

/** What a client tells while it works; the terminal prints it, the kiosk's page shows it. */
export type ClientStep =
  | { readonly step: "connected" }
  | { readonly step: "password" }
  /** The server took the password: of an account, or for a new one. */
  | { readonly step: "password-accepted" }
  /** `windowMs`: how long the person has. */
  | { readonly step: "touch"; readonly purpose: Purpose; readonly remaining: number; readonly windowMs: number }
  | { readonly step: "face"; readonly actions: readonly FaceActionName[] }
  | { readonly step: "captured"; readonly image: Uint8Array }
  /** The face was shown to the camera. */
  | { readonly step: "shown" }
  | { readonly step: "again" }
  | { readonly step: "waiting"; readonly forMs: number }
  | { readonly step: "lost"; readonly attempt: number }

export interface ClientSignInContext {
  readonly deps: ClientDeps
  connect(): Promise<FramePort>
  /** Absent, with `fingers`: a client without a scanner. */
  readonly device?: Device
  readonly fingers?: FingerSource
  readonly faces?: FaceSource
  tell(step: ClientStep): void
  sleep(ms: number): Promise<void>
}

export interface ClientContext extends ClientSignInContext {
  readonly device: Device
  readonly fingers: FingerSource
}

export type Person = Omit<Credentials, "device">

/** How long a client waits for "busy" to end, and how often it connects again after a loss. */
const MAX_BUSY_MS = 30_000
const MAX_CONNECTIONS = 4
/** A recorded face cannot show everything: it asks for another challenge, so often. */
const MAX_OTHER_CHALLENGES = 60

type Answer = Exclude<SessionStep, BusyMessage>

const isLoss = (error: unknown): boolean => hasCode(error, "protocol/closed") || hasCode(error, "client/unreachable")

/** Runs `attempt` on a fresh connection, again after a lost one: nothing half-done is left at the server, so starting
 *  over is safe. */
function withConnections(
  context: ClientSignInContext,
  attempt: (session: ClientSession) => Promise<ClientResult>,
): Promise<ClientResult> {
  let others = 0
  let met = false // somebody took the connection once
  const once = async (): Promise<ClientResult> => {
    let session: ClientSession | undefined
    try {
      const port = await context.connect()
      met = true
      session = await ClientSession.open(context.deps, port)
      context.tell({ step: "connected" })
      return await attempt(session)
    } catch (error) {
      if (!hasCode(error, "client/other-challenge") || ++others >= MAX_OTHER_CHALLENGES) throw error
    } finally {
      session?.close()
    }
    return once()
  }
  const onFailure = (error: unknown, failures: number): void => {
    if (failures + 1 >= MAX_CONNECTIONS) throw error
    context.tell({ step: "lost", attempt: failures + 1 })
  }
  const { sleep } = context
  return withRetry(once, { firstMs: 500, longestMs: 2000, mayPass: isLoss, onFailure, sleep }).catch((error) =>
    resultOf(error, met),
  )
}

function resultOf(error: unknown, met: boolean): ClientResult {
  const note = messageOf(error)
  if (hasCode(error, "protocol/password")) return { outcome: "password" }
  if (hasCode(error, "client/busy")) return { outcome: "busy" }
  if (isLoss(error)) return { outcome: met && hasCode(error, "protocol/closed") ? "lost" : "unreachable", note }
  if (error instanceof AppError && /^(sensor|transport|client\/(no-touch|other-challenge))/.test(error.code)) {
    return { outcome: "sensor", note }
  }
  throw error
}

/** @throws AppError "client/busy" when the server is busy for too long */
function answered<Step extends SessionStep>(context: ClientSignInContext, request: () => Promise<Step>) {
  let waitedMs = 0
  return whenNotBusy(request, (forMs) => {
    waitedMs += forMs
    if (waitedMs > MAX_BUSY_MS) throw busyError()
    context.tell({ step: "waiting", forMs })
    return context.sleep(forMs)
  })
}

const busyError = (): AppError => new AppError("client/busy", "the server is busy")

const deviceOf = ({ device }: ClientSignInContext): { device?: Device } => (device === undefined ? {} : { device })

/** The first way that this client can go by itself. */
const factorPolicyOf = (factorPolicies: readonly FactorSet[], able: readonly Factor[]): FactorSet | undefined =>
  factorPolicies.find((factorPolicy) => factorPolicy.every((factor) => able.includes(factor)))

const notHere: ClientResult = {
  outcome: "refused",
  note: "the server asks for a factor that this client has not",
}

const ableTo = ({ device, fingers, faces }: ClientSignInContext): readonly Factor[] => [
  "password",
  ...(device !== undefined && fingers !== undefined ? (["finger", "scanner"] as const) : []),
  ...(faces !== undefined ? (["face"] as const) : []),
]

/** What answers a challenge, with the capture taken; undefined where this client has nothing to answer with.
 *  @throws AppError "client/other-challenge" where its face cannot do what is asked */
async function requestFor(
  context: ClientSignInContext,
  session: ClientSession,
  challenge: NextChallenge,
  purpose: Purpose,
): Promise<(() => Promise<DecisionMessage | BusyMessage>) | undefined> {
  const { device, fingers, faces } = context
  if (challenge.type === MessageType.challenge && device !== undefined && fingers !== undefined) {
    const windowMs = touchTimeMs(challenge.windowMs)
    context.tell({ step: "touch", purpose, remaining: challenge.remaining, windowMs })
    const touch: FingerCapture = await fingers.capture(windowMs)
    context.tell({ step: "captured", image: touch.image })
    return () => session.capture(challenge, device, touch)
  }
  if (challenge.type === MessageType.faceChallenge && faces !== undefined) {
    const actions = challenge.actions.map(faceActionOf)
    context.tell({ step: "face", actions })
    const shot = await faces.show(actions)
    if (shot === undefined) {
      throw new AppError("client/other-challenge", "the pictures do not show what the server asks for")
    }
    context.tell({ step: "shown" })
    return () => session.faceCapture(challenge, shot)
  }
  return undefined
}

async function captures(
  context: ClientSignInContext,
  session: ClientSession,
  first: Answer,
  purpose: Purpose,
): Promise<ClientResult> {
  let answer = first
  if (answer.type !== MessageType.decision || answer.outcome === Outcome.pass) {
    context.tell({ step: "password-accepted" })
  }
  while (answer.type !== MessageType.decision) {
    if (answer.type === MessageType.factors) {
      const chosen = factorPolicyOf(answer.ways, ableTo(context))
      if (chosen === undefined) return notHere
      const next = await session.chooseFactors(chosen)
      if (next.type === MessageType.busy) throw busyError()
      answer = next
      continue
    }
    const request = await requestFor(context, session, answer, purpose)
    if (request === undefined) return notHere
    const decision = await answered(context, request)
    if (decision.outcome === Outcome.retry) {
      context.tell({ step: "again" })
      answer = await session.nextStep()
    } else answer = decision
  }
  const { outcome, token, expiresAtMs } = answer
  return outcome === Outcome.pass ? { outcome: "passed", token, expiresAtMs } : { outcome: "refused" }
}

function clockResult({ deps }: ClientSignInContext, decision: DecisionMessage): ClientResult | undefined {
  const serverMs = clockRefusedAt(decision)
  return serverMs === undefined ? undefined : { outcome: "clock", note: clockWords(deps.clock.nowMs(), serverMs) }
}

/** Password, touch, decision. Network loss is retried; everything else is a result in words.
 *  @throws AppError "protocol/identity" and "protocol/malformed": not the server it should be */
export function runSignIn(context: ClientSignInContext, person: Person): Promise<ClientResult> {
  return withConnections(context, async (session) => {
    context.tell({ step: "password" })
    const answer = await answered(context, () => session.signIn({ ...person, ...deviceOf(context) }))
    // Without finger in the policy the pass comes now; a fail before any challenge is about the device or its clock.
    if (answer.type === MessageType.decision && answer.outcome !== Outcome.pass)
      return clockResult(context, answer) ?? { outcome: "device" }
    return captures(context, session, answer, Purpose.signIn)
  })
}

/** Password and touches of one finger for a new account. After a loss it asks again under the same `enrolmentId`: if
 *  the server had finished, it says so, else the enrolment starts over. */
export function runEnrolment(
  context: ClientSignInContext,
  person: Person & { readonly enrolmentId: Uint8Array; readonly code: string; readonly finger: string },
): Promise<ClientResult> {
  return withConnections(context, async (session) => {
    context.tell({ step: "password" })
    const answer = await answered(context, () => session.enrol({ ...person, ...deviceOf(context) }))
    const clock = answer.type === MessageType.decision ? clockResult(context, answer) : undefined
    if (clock !== undefined) return clock
    const { outcome } = await captures(context, session, answer, Purpose.signUp)
    if (outcome === "passed") return { outcome: "enrolled" }
    if (outcome !== "refused") return { outcome }
    const note =
      answer.type === MessageType.decision
        ? "the server refused before any capture: the name may be taken, the code wrong or used, or this device unknown"
        : "the captures were not good enough, or not of one finger or face; nothing was stored, try again"
    return { outcome: "refused", note }
  })
}
