import { randomInt } from "node:crypto"
import { chooseActions } from "../../../match/face/liveness/choose-actions.js"
import { FaceAction } from "../../../protocol/face-action.js"
import type { FaceCaptureMessage } from "../../../protocol/factor-messages.js"
import { MessageType } from "../../../protocol/message.js"
import type { AuthDeps } from "./auth-deps.js"
import type { ClientClaim, Connection } from "./connection.js"
import { checkFaceCapture } from "./face-checks.js"
import type { Reason } from "./reason.js"
import type { PeerEnd } from "./secure-peer.js"

export interface FaceRound {
  /** Unsealed templates; none where nobody is to be matched. */
  readonly references: readonly Uint8Array[]
  readonly enrols: boolean
  /** Captures still allowed (sign-in) or needed (enrolment), this one included. */
  readonly remaining: number
  readonly lastSequence: number
}

export interface JudgedFaces {
  /** Undefined when every check is kept. */
  readonly reason: Reason | undefined
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly template: Uint8Array | undefined
  readonly imageDigests: readonly string[]
  readonly capture: FaceCaptureMessage
  readonly requestSha256: Uint8Array
}

const BUSY_RETRY_MS = 500
const MAX_BUSY = 40

/** Asks for one face capture and judges it: fresh challenge and actions out, frames in, the checks in their order. While
 *  the workers have no room the client is asked to send it again, and nothing is used up. */
export async function faceRound(
  deps: AuthDeps,
  { peer }: Connection,
  { skewMs }: ClientClaim,
  round: FaceRound,
): Promise<JudgedFaces | PeerEnd | "busy"> {
  const { clock, crypto, policy } = deps
  const issuedAtMs = clock.nowMs()
  const challenge = crypto.randomBytes(32)
  const outstanding = { challenge, issuedAtMs, expiresAtMs: issuedAtMs + policy.challengeMs }
  const actions = chooseActions(policy.faceActions, policy.faceActionsAtATime, (below) => randomInt(below))
  await peer.send({
    type: MessageType.faceChallenge,
    challenge,
    serverTimeMs: issuedAtMs,
    windowMs: policy.challengeMs,
    remaining: round.remaining,
    actions: actions.map((action) => FaceAction[action]),
  })
  for (let busy = 0; busy < MAX_BUSY; busy++) {
    const waitMs = outstanding.expiresAtMs - clock.nowMs() + policy.handshakeMs
    const received = await peer.receive([MessageType.faceCapture], waitMs)
    if (typeof received === "string") return received
    const { message: capture, bytes } = received
    const requestSha256 = await crypto.sha256(bytes)
    const context = { skewMs, outstanding, lastSequence: round.lastSequence }
    const judged = await deps.queue.run(() => judge(deps, context, capture, actions, round))
    if (judged !== "busy") return { ...judged, capture, requestSha256 }
    await peer.send({ type: MessageType.busy, retryAfterMs: BUSY_RETRY_MS })
  }
  return "busy"
}

async function judge(
  deps: AuthDeps,
  context: Parameters<typeof checkFaceCapture>[1],
  capture: FaceCaptureMessage,
  actions: ReturnType<typeof chooseActions>,
  { references, enrols }: FaceRound,
): Promise<Omit<JudgedFaces, "capture" | "requestSha256">> {
  const { metrics, inspector } = deps
  if (inspector.faces === undefined) throw new TypeError("a policy with a face needs a face inspector")
  const { faces } = inspector
  const { reason, frames, imageDigests } = await metrics.timed("checks", () =>
    checkFaceCapture(deps, context, capture),
  )
  if (reason !== undefined) return { reason, detail: {}, template: undefined, imageDigests }
  const request = { frames: frames.map(({ image }) => image), actions, references, enrols }
  const { fault, detail, template } = await metrics.timed("inspect-face", () => faces.judge(request))
  return { reason: fault, detail: { ...detail, actions: actions.join(" ") }, template, imageDigests }
}
