import { equalConstantTime, fromHex, toHex } from "@sourceprint/core/bytes.js"
import { isFresh } from "@sourceprint/protocol/clock-skew.js"
import { verifyCapture } from "@sourceprint/protocol/device-signature.js"
import { type CaptureMessage, Modality } from "@sourceprint/protocol/message.js"
import { KeyRing } from "../../../store/key-ring.js"
import type { StoredDevice } from "../../../store/store.js"
import type { AuthDeps } from "../auth-deps.js"
import type { CheckReason } from "../reason.js"

/** The challenge that a capture has to answer. */
export interface OutstandingChallenge {
  readonly challenge: Uint8Array
  readonly expiresAtMs: number
}

export interface CaptureContext {
  readonly h0: Uint8Array
  readonly device: StoredDevice
  readonly skewMs: number
  readonly outstanding: OutstandingChallenge
  readonly lastSequence: number
}

/** Keyed digest of an image, by which the store knows it again without being able to say anything else about it. */
export const imageDigest = (digestKey: Uint8Array, imageSha256: Uint8Array): string =>
  toHex(KeyRing.keyedHash(digestKey, imageSha256))

/** Checks 3 to 7 of docs/protocol.md section 8, in that order; undefined when all are kept. The challenge is used up by
 *  check 6, whatever comes after. */
export async function checkCapture(
  { crypto, clock, store, policy, secrets }: AuthDeps,
  context: CaptureContext,
  capture: CaptureMessage,
): Promise<CheckReason | undefined> {
  const { device, outstanding } = context
  if (capture.deviceId !== device.id || capture.scannerId !== device.scannerId) return "device"
  if (capture.modality !== Modality.finger) return "device" // a scanner takes fingers
  if ((await store.device(device.id))?.revokedAtMs !== undefined) return "device" // revoked since the hello
  if (!(await verifyCapture(crypto, fromHex(device.publicKey), context.h0, capture))) return "device"

  const nowMs = clock.nowMs()
  if (!equalConstantTime(capture.challenge, outstanding.challenge) || nowMs > outstanding.expiresAtMs) {
    return "challenge"
  }
  if (!isFresh(capture.captureTimeMs, context.skewMs, nowMs, policy.freshnessWindowMs)) return "freshness"

  if (capture.sequence <= context.lastSequence) return "replay"
  const nonce = toHex(await crypto.sha256(capture.challenge))
  if (!(await store.consumeNonce(nonce, nowMs))) return "replay"
  if (policy.refuseSeenImages && (await store.imageSeen(imageDigest(secrets.digestKey, capture.imageSha256)))) {
    return "replay"
  }
  return equalConstantTime(await crypto.sha256(capture.image), capture.imageSha256) ? undefined : "hash"
}
