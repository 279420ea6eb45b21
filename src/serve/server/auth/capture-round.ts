import { type CaptureMessage, MessageType } from "../../../protocol/message.js"
import type { StoredDevice } from "../../../shared/store/store.js"
import type { AuthDeps } from "./auth-deps.js"
import { checkCapture } from "./capture-checks.js"
import type { Connection } from "./connection.js"
import type { CheckReason } from "./reason.js"
import type { PeerEnd } from "./secure-peer.js"

export interface CaptureRound {
  readonly device: StoredDevice
  readonly skewMs: number
  readonly references: readonly Uint8Array[]
  /** Captures still allowed (sign-in) or needed (enrolment), this one included. */
  readonly remaining: number
  readonly lastSequence: number
  /** Whether the scanner model's verdict counts. */
  readonly checksScanner: boolean
}

export interface JudgedCapture {
  readonly capture: CaptureMessage
  readonly requestSha256: Uint8Array
  /** Undefined when every check is kept. */
  readonly reason: CheckReason | undefined
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

const BUSY_RETRY_MS = 500
/** How often a client may be told "busy" for one capture before the connection ends. */
const MAX_BUSY = 40

/** Asks for one capture and judges it: a fresh challenge out, a capture in, the ten checks. While the workers have no
 *  room the client is asked to send it again, and nothing is used up. */
export async function captureRound(
  deps: AuthDeps,
  { peer, handshake }: Connection,
  round: CaptureRound,
): Promise<JudgedCapture | PeerEnd | "busy"> {
  const { clock, crypto, policy, queue, inspector, metrics } = deps
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
    const received = await peer.receive([MessageType.capture], waitMs)
    if (typeof received === "string") return received
    const { message: capture, bytes } = received
    const requestSha256 = await crypto.sha256(bytes)
    const result = await queue.run(async () => {
      const reason = await metrics.timed("checks", () => checkCapture(deps, context, capture))
      if (reason !== undefined) return { reason, detail: {} }
      const request = {
        image: capture.image,
        references: round.references,
        scannerId: round.device.scannerId,
      }
      return verdictOf(deps, await metrics.timed("inspect", () => inspector.inspect(request)), round)
    })
    if (result !== "busy") return { capture, requestSha256, ...result }
    await peer.send({ type: MessageType.busy, retryAfterMs: BUSY_RETRY_MS })
  }
  return "busy"
}

/** Checks 8 to 10, in order, on what was computed in one go. Without references (the first captures of an enrolment)
 *  there is no finger to compare with. */
function verdictOf(
  { metrics }: AuthDeps,
  found: Awaited<ReturnType<AuthDeps["inspector"]["inspect"]>>,
  { references, checksScanner }: CaptureRound,
): Pick<JudgedCapture, "reason" | "detail"> {
  for (const [stage, ms] of Object.entries(found.stageMs)) metrics.stage(`inspect.${stage}`, ms)
  const detail = {
    quality: found.quality,
    score: found.score,
    scoreThreshold: found.scoreThreshold,
    ...(found.scanner && {
      probTargetScanner: found.scanner.probTargetScanner,
      scannerThreshold: found.scanner.threshold,
    }),
  }
  if (!found.acceptable) return { reason: "quality", detail }
  if (references.length > 0 && !(found.score >= found.scoreThreshold)) return { reason: "finger", detail }
  if (checksScanner && found.scanner?.accepted !== true) return { reason: "scanner", detail }
  return { reason: undefined, detail }
}
