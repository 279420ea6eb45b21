import { AppError } from "@sourceprint/core/errors.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { signCapture } from "@sourceprint/protocol/device-signature.js"
import { type CaptureMessage, MessageType, Modality } from "@sourceprint/protocol/message.js"
import type { ChallengeMessage } from "@sourceprint/protocol/session-step.js"
import type { Attack, AttackTarget } from "./attack.js"
import { flipped } from "./flipped.js"

type Fields = Omit<CaptureMessage, "type" | "signature">

interface Tampering {
  /** What the attacker puts into the fields before the device's key signs them: a stolen key. */
  before?(fields: Fields, target: AttackTarget, rng: Rng): Fields
  /** What is changed after signing: a key that was not stolen. */
  after?(message: CaptureMessage, target: AttackTarget, rng: Rng): CaptureMessage
}

const random = (rng: Rng, sizeBytes: number): Uint8Array => Uint8Array.from({ length: sizeBytes }, () => rng.below(256))

/** Every field of a capture, changed with the device's key and without it. */
const tamperings: readonly Tampering[] = [
  { before: (f, _t, rng) => ({ ...f, challenge: random(rng, 32) }) },
  { before: (f) => ({ ...f, challenge: flipped(f.challenge, 31) }) },
  { before: (f) => ({ ...f, challenge: new Uint8Array(32) }) },
  { before: (f) => ({ ...f, modality: Modality.face }) },
  { before: (f, _t, rng) => ({ ...f, captureTimeMs: f.captureTimeMs - 21_000 - rng.below(1e9) }) },
  { before: (f, _t, rng) => ({ ...f, captureTimeMs: f.captureTimeMs + 21_000 + rng.below(1e9) }) },
  { before: (f) => ({ ...f, sequence: 0 }) },
  { before: (f, t) => ({ ...f, deviceId: t.otherDevice.deviceId }) },
  { before: (f, t) => ({ ...f, scannerId: t.otherDevice.scannerId }) },
  { before: (f, t) => ({ ...f, deviceId: t.otherDevice.deviceId, scannerId: t.otherDevice.scannerId }) },
  { before: (f, _t, rng) => ({ ...f, imageSha256: random(rng, 32) }) },
  { before: (f) => ({ ...f, image: flipped(f.image, f.image.length >> 1) }) },
  { before: (f) => ({ ...f, image: f.image.subarray(0, f.image.length - 1) }) },
  { before: (f) => ({ ...f, image: new Uint8Array(0) }) },
  { after: (m, t) => ({ ...m, challenge: new Uint8Array(t.victim.name.length > 0 ? 32 : 31) }) },
  { after: (m) => ({ ...m, captureTimeMs: m.captureTimeMs + 1 }) },
  { after: (m) => ({ ...m, sequence: m.sequence + 1 }) },
  { after: (m) => ({ ...m, modality: Modality.face }) },
  { after: (m, t) => ({ ...m, deviceId: t.otherDevice.deviceId }) },
  { after: (m, t) => ({ ...m, scannerId: t.otherDevice.scannerId }) },
  { after: (m) => ({ ...m, imageSha256: flipped(m.imageSha256, 0) }) },
  { after: (m, _t, rng) => ({ ...m, signature: random(rng, 64) }) },
  {
    after: (m, _t, rng) => {
      const at = rng.below(64)
      return { ...m, signature: flipped(m.signature, at, 1 << rng.below(8)) }
    },
  },
  { after: (m) => ({ ...m, signature: new Uint8Array(64) }) },
]

/** Signs in as the victim up to the challenge and answers it with what `build` makes. */
async function answerChallenge(
  target: AttackTarget,
  build: (challenge: ChallengeMessage, h0: Uint8Array) => Promise<CaptureMessage>,
): Promise<boolean> {
  const { victim, stretching } = target
  const session = await target.session()
  try {
    const answer = await session.signIn({ ...victim, stretching })
    if (answer.type !== MessageType.challenge) return answer.type === MessageType.decision && answer.outcome === 1
    const decision = await session.request(await build(answer, session.connectionHash))
    return decision.type === MessageType.decision && decision.outcome === 1
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("protocol/")) return false
    throw error
  } finally {
    session.close()
  }
}

async function captureFields(target: AttackTarget, challenge: ChallengeMessage, image: Uint8Array): Promise<Fields> {
  const { device } = target.victim
  return {
    challenge: challenge.challenge,
    modality: Modality.finger,
    captureTimeMs: target.deps.clock.nowMs(),
    sequence: 1,
    deviceId: device.deviceId,
    scannerId: device.scannerId,
    imageSha256: await target.deps.crypto.sha256(image),
    image,
  }
}

const tamper: Attack = {
  id: "field-tampering",
  title: "a field of the capture changed, with and without the device's key",
  run: (target, attempt, rng) =>
    answerChallenge(target, async (challenge, h0) => {
      const { before, after } = inTurn(tamperings, attempt)
      const honest = await captureFields(target, challenge, target.freshImpression())
      const fields = before?.(honest, target, rng) ?? honest
      const signature = await signCapture(target.victim.device.signer, h0, fields)
      const message: CaptureMessage = { type: MessageType.capture, ...fields, signature }
      return after?.(message, target, rng) ?? message
    }),
}

/** Even the right person is rejected now and then. */
const GENUINE_TRIES = 6

/** A capture that was let in, its message known in clear: the attacker sat inside the client. */
const known = new WeakMap<AttackTarget, Promise<CaptureMessage>>()
async function acceptedCapture(target: AttackTarget): Promise<CaptureMessage> {
  for (let touch = 0; touch < GENUINE_TRIES; touch++) {
    const image = target.freshImpression()
    let sent: CaptureMessage | undefined
    const pass = await answerChallenge(target, async (challenge, h0) => {
      const fields = await captureFields(target, challenge, image)
      const signature = await signCapture(target.victim.device.signer, h0, fields)
      sent = { type: MessageType.capture, ...fields, signature }
      return sent
    })
    if (pass && sent !== undefined) return sent
  }
  throw new Error("the capture to be stolen was refused: the trial is not set up as it should be")
}

const stolenCapture: Attack = {
  id: "stolen-capture",
  title: "an accepted capture in another session: as it was, under the new challenge, signed again",
  async run(target, attempt) {
    const stolen = known.get(target) ?? acceptedCapture(target)
    known.set(target, stolen)
    const old = await stolen
    return answerChallenge(target, async (challenge, h0) => {
      const variant = attempt % 3
      if (variant === 0) return old
      const fresh = { ...old, challenge: challenge.challenge, captureTimeMs: target.deps.clock.nowMs() }
      if (variant === 1) return fresh
      return { ...fresh, signature: await signCapture(target.victim.device.signer, h0, fresh) }
    })
  },
}

const strangersFinger: Attack = {
  id: "impostor-finger",
  title: "password and device key stolen, another person's finger",
  run: (target) =>
    answerChallenge(target, async (challenge, h0) => {
      const fields = await captureFields(target, challenge, target.strangersImpression)
      return {
        type: MessageType.capture,
        ...fields,
        signature: await signCapture(target.victim.device.signer, h0, fields),
      }
    }),
}

export const fieldAttacks: readonly Attack[] = [tamper, stolenCapture, strangersFinger]
