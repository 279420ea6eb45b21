import { type CaptureMessage, MessageType } from "@sourceprint/protocol/message.js"
import type { StoredDevice } from "../../../store/store.js"
import type { AuthDeps } from "../auth-deps.js"
import type { Connection } from "../connection.js"
import type { PeerEnd } from "../secure-peer.js"
import { type JudgeAgainst, type Judgement, judgeCapture } from "./judge-capture.js"

export interface CaptureRound extends JudgeAgainst {
  readonly device: StoredDevice
  readonly skewMs: number
  /** Captures still allowed (sign-in) or needed (enrolment), this one included. */
  readonly remaining: number
  readonly lastSequence: number
}

export interface JudgedCapture extends Judgement {
  readonly capture: CaptureMessage
  readonly requestSha256: Uint8Array
}

const BUSY_RETRY_MS = 500
/** How often a client may be told "busy" for one capture before the connection ends. */
const MAX_BUSY = 40

/** Asks for one capture and judges it: a fresh challenge out, a capture in, the checks of docs/protocol.md section 8.
 *  While the workers have no room the client is asked to send it again, and nothing is used up. */
export async function captureRound(
  deps: AuthDeps,
  { peer, handshake }: Connection,
  round: CaptureRound,
): Promise<JudgedCapture | PeerEnd | "busy"> {
  const { clock, crypto, policy } = deps
  const outstanding = { challenge: crypto.randomBytes(32), expiresAtMs: clock.nowMs() + policy.challengeMs }
  await peer.send({
    type: MessageType.challenge,
    challenge: outstanding.challenge,
    serverTimeMs: clock.nowMs(),
    windowMs: policy.challengeMs,
    remaining: round.remaining,
  })
  const context = { ...round, h0: handshake.h0, outstanding }
  for (let busy = 0; busy < MAX_BUSY; busy++) {
    // The challenge's own expiry answers a late capture; the port waits a little longer, then the connection ends.
    const waitMs = outstanding.expiresAtMs - clock.nowMs() + policy.handshakeMs
    const received = await peer.receive(["finger"], waitMs)
    if (typeof received === "string") return received
    const { message: capture, bytes } = received
    const requestSha256 = await crypto.sha256(bytes)
    const result = await judgeCapture(deps, context, capture, round)
    if (result !== "busy") return { capture, requestSha256, ...result }
    await peer.send({ type: MessageType.busy, retryAfterMs: BUSY_RETRY_MS })
  }
  return "busy"
}
