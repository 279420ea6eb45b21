import { AppError } from "@sourceprint/core/errors.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { Attack, AttackTarget, Victim } from "./attack.js"

/** A sign-in with these credentials and a fresh genuine picture. */
async function signInAs(target: AttackTarget, who: Victim, signs: Device = who.device): Promise<boolean> {
  const session = await target.session()
  try {
    const answer = await session.signIn({ ...who, stretching: target.stretching })
    if (answer.type !== MessageType.challenge) {
      return answer.type === MessageType.decision && answer.outcome === Outcome.pass
    }
    const shown = { image: target.freshImpression(), takenAtMs: target.deps.clock.nowMs() }
    const decision = await session.capture(answer, signs, shown)
    return decision.type === MessageType.decision && decision.outcome === Outcome.pass
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("protocol/")) return false
    throw error
  } finally {
    session.close()
  }
}

const wrongPassword: Attack = {
  id: "wrong-password",
  title: "device and finger right, password guessed",
  run: (target, attempt) => signInAs(target, { ...target.victim, password: `guess ${attempt}` }),
}

const unknownName: Attack = {
  id: "unknown-name",
  title: "a name that nobody has, with the victim's password",
  run: (target, attempt) => signInAs(target, { ...target.victim, name: `Nobody ${attempt}` }),
}

const unknownDevice: Attack = {
  id: "unregistered-device",
  title: "password and finger right, the device's key not registered, absent or of another device",
  async run(target, attempt) {
    const { victim, otherDevice, deps } = target
    const fresh = await deps.crypto.signer(deps.crypto.randomBytes(32))
    const devices: readonly Device[] = [
      { ...victim.device, signer: fresh },
      { deviceId: `stranger-${attempt}`, scannerId: victim.device.scannerId, signer: fresh },
      { ...victim.device, signer: otherDevice.signer },
      { ...otherDevice, signer: victim.device.signer },
      { ...victim.device, scannerId: otherDevice.scannerId },
    ]
    return signInAs(target, { ...victim, device: inTurn(devices, attempt) })
  },
}

const switchedDevice: Attack = {
  id: "switched-device",
  title: "one device proves itself, another sends the capture",
  run: (target) => signInAs(target, target.victim, target.otherDevice),
}

export const credentialAttacks: readonly Attack[] = [wrongPassword, unknownName, unknownDevice, switchedDevice]
