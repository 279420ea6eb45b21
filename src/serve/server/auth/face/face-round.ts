import type { FaceCaptureMessage } from "@sourceprint/protocol/message.js"
import { MessageType } from "@sourceprint/protocol/message.js"
import type { AuthDeps } from "../auth-deps.js"
import type { ClientClaim, Connection } from "../connection.js"
import type { PeerEnd } from "../secure-peer.js"
import { newFaceChallenge } from "./face-challenge.js"
import { endOf } from "./face-checks.js"
import { lookedReporter } from "./face-reports.js"
import { type FacesAgainst, type FacesJudgement, judgeFaces } from "./judge-faces.js"

export interface FaceRound extends FacesAgainst {
  /** Captures still allowed (sign-in) or needed (enrolment), this one included. */
  readonly remaining: number
  readonly lastSequence: number
}

export interface JudgedFaces extends FacesJudgement {
  readonly capture: FaceCaptureMessage
  readonly requestSha256: Uint8Array
  /** How long ago the last picture was taken when the capture came. */
  readonly ageMs: number
}

const BUSY_RETRY_MS = 500
const MAX_BUSY = 40

/** Asks for one face capture and judges it: fresh challenge and actions out, frames in, the checks in their order.
 *  While the workers have no room the client is asked to send it again, and nothing is used up. */
export async function faceRound(
  deps: AuthDeps,
  { peer }: Connection,
  { skewMs }: ClientClaim,
  round: FaceRound,
): Promise<JudgedFaces | PeerEnd | "busy"> {
  const { clock, crypto, policy } = deps
  const asked = newFaceChallenge(deps, round.remaining)
  await peer.send(asked.message)
  for (let busy = 0; busy < MAX_BUSY; busy++) {
    const waitMs = asked.outstanding.expiresAtMs - clock.nowMs() + policy.handshakeMs
    const received = await peer.receive(["face"], waitMs)
    if (typeof received === "string") return received
    const { message: capture, bytes } = received
    const requestSha256 = await crypto.sha256(bytes)
    const ageMs = Math.abs(endOf(capture) - skewMs - clock.nowMs())
    const looked = lookedReporter(peer)
    const against = { ...round, onLooked: looked.tell }
    const judged = await judgeFaces(deps, asked, { skewMs, lastSequence: round.lastSequence }, capture, against)
    await looked.told()
    if (judged !== "busy") return { ...judged, capture, requestSha256, ageMs }
    await peer.send({ type: MessageType.busy, retryAfterMs: BUSY_RETRY_MS })
  }
  return "busy"
}
