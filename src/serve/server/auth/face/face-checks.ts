import { equalConstantTime, toHex } from "@sourceprint/core/bytes.js"
import { isFresh } from "@sourceprint/protocol/clock-skew.js"
import { type FaceFrame, faceBundleBytes } from "@sourceprint/protocol/face-bundle.js"
import type { FaceCaptureMessage } from "@sourceprint/protocol/message.js"
import type { AuthDeps } from "../auth-deps.js"
import { imageDigest, type OutstandingChallenge } from "../finger/capture-checks.js"
import type { CheckReason } from "../reason.js"

export interface FaceContext {
  readonly skewMs: number
  readonly outstanding: OutstandingChallenge & { readonly issuedAtMs: number }
  readonly lastSequence: number
}

export interface CheckedFaces {
  readonly reason: CheckReason | undefined
  readonly frames: readonly FaceFrame[]
  /** Keyed digests of the pictures, each once. */
  readonly imageDigests: readonly string[]
}

/** When the last picture was taken, by the client's clock. */
export const endOf = ({ captureTimeMs, frames }: FaceCaptureMessage): number =>
  captureTimeMs + (frames.at(-1)?.offsetMs ?? 0)

/** Checks 4 to 7 of docs/protocol.md section 8 on a face capture: as for a finger, but that no device signs and that
 *  every picture counts. It has to have begun after the challenge and ended just now. */
export async function checkFaceCapture(
  { crypto, clock, store, policy, secrets }: AuthDeps,
  { skewMs, outstanding, lastSequence }: FaceContext,
  capture: FaceCaptureMessage,
): Promise<CheckedFaces> {
  const { frames } = capture
  const hashes = await Promise.all(frames.map(({ image }) => crypto.sha256(image)))
  const imageDigests = [...new Set(hashes.map((hash) => imageDigest(secrets.digestKey, hash)))]
  const checked = (reason: CheckReason | undefined): CheckedFaces => ({ reason, frames, imageDigests })

  const nowMs = clock.nowMs()
  if (!equalConstantTime(capture.challenge, outstanding.challenge) || nowMs > outstanding.expiresAtMs) {
    return checked("challenge")
  }
  const window = policy.freshnessWindowMs
  const beganMs = capture.captureTimeMs - skewMs
  if (!isFresh(endOf(capture), skewMs, nowMs, window) || beganMs < outstanding.issuedAtMs - window) {
    return checked("freshness")
  }
  if (capture.sequence <= lastSequence) return checked("replay")
  if (!(await store.consumeNonce(toHex(await crypto.sha256(capture.challenge)), nowMs))) return checked("replay")
  if (policy.refuseSeenImages) {
    for (const digest of imageDigests) if (await store.imageSeen(digest)) return checked("replay")
  }
  const whole = equalConstantTime(await crypto.sha256(faceBundleBytes.encode(frames)), capture.bundleSha256)
  return checked(whole ? undefined : "hash")
}
