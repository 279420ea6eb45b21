import { fromHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { knownBrowserToken } from "@sourceprint/protocol/known-browser.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { defaultRules } from "../server/auth/limits.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Attack, AttackTarget } from "./attack.js"
import { noLimits } from "./attack-context.js"
import { honestSession, passed } from "./honest-session.js"

/** Shows other people's fingers in a sign-in until `most` are refused, and leaves. @returns how many were judged;
 *  undefined where the server said to wait */
async function wrongFingers(target: AttackTarget, most: number): Promise<number | undefined> {
  const { victim, deps, stretching, strangersImpression } = target
  const session = await target.session()
  let judged = 0
  try {
    let step = await session.signIn({ ...victim, stretching })
    if (step.type === MessageType.busy) return undefined
    while (step.type === MessageType.challenge) {
      const shown = { image: strangersImpression, takenAtMs: deps.clock.nowMs() }
      const decision = await session.capture(step, victim.device, shown)
      judged++
      const goesOn = decision.type === MessageType.decision && decision.outcome === Outcome.retry
      if (!goesOn || judged === most) break
      step = await session.nextStep()
    }
    return judged
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("protocol/")) return judged
    throw error
  } finally {
    session.close()
  }
}

/** Sign-ins that one attempt begins, one after another or side by side. */
const SIGN_INS = 12
const CAPTURES = 3

const leftAfterRefusals: Attack = {
  id: "left-after-refusals",
  title: "the stolen password and device: wrong fingers, and away before the last of a sign-in is refused",
  alone: true,
  bounds: { tuning: { limitRules: { ...noLimits, pair: defaultRules.pair } } },
  async run(target, attempt) {
    const own = { ...target, victim: await target.enrol(`Victim ${attempt}`) }
    const most = CAPTURES - 1 - (attempt % (CAPTURES - 1))
    let judged = 0
    for (let n = 0; n < SIGN_INS; n++) judged += (await wrongFingers(own, most)) ?? 0
    // What is free, and what the sign-in that used it up had left. Waiting is not part of it: the whole takes no
    // longer than the first waits.
    return judged > defaultRules.pair.free + CAPTURES
  },
}

/** Encodings of Ed25519 points of small order: the identity, and others of the kind. */
const WEAK_KEYS = [
  `01${"00".repeat(31)}`,
  `01${"00".repeat(30)}80`,
  "00".repeat(32),
  `ec${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]

const weakKey: Attack = {
  id: "weak-device-key",
  title: "a device whose public key is the identity, or of small order: signatures made without a key",
  async run(target, attempt) {
    const publicKey = inTurn(WEAK_KEYS, attempt)
    const [deviceId, scannerId] = [`weak-device-${attempt}`, target.victim.device.scannerId]
    const registered = { atMs: 0, event: "admin", reason: "device-added", deviceId }
    await target.server().deps.store.addDevice({ id: deviceId, scannerId, publicKey, createdAtMs: 0 }, registered)
    // R is a point of small order and S is 0: it holds for every message, or for one in a few.
    const forged = fromHex(`01${"00".repeat(31)}${"00".repeat(32)}`)
    const signer = { publicKey: fromHex(publicKey), sign: () => Promise.resolve(forged) }
    const own = { ...target, victim: { ...target.victim, device: { deviceId, scannerId, signer } } }
    for (let tries = 0; tries < 8; tries++) {
      if (passed(await honestSession(own, await target.connect(), target.freshImpression()))) return true
    }
    return false
  },
}

const slowsOwner: Attack = {
  id: "slows-the-owner",
  title: "guesses at a name, from the owner's own address too: the owner waits in a browser that is known",
  alone: true,
  bounds: {
    config: { policy: ServeConfig.parse({ policy: { enrolment: "open", factors: ["password"] } }).policy },
    tuning: { limitRules: defaultRules },
  },
  async run(target, attempt) {
    const { deps, stretching } = target
    const { name, password } = await target.enrol(`Owner ${attempt}`)
    const signIn = async (as: { readonly password: string; readonly knownBrowser?: Uint8Array | undefined }) => {
      const session = await target.session()
      try {
        return await session.signIn({ name, stretching, ...as })
      } catch (error) {
        if (error instanceof AppError && error.code === "protocol/password") return undefined
        throw error
      } finally {
        session.close()
      }
    }
    const first = await signIn({ password })
    if (first?.type !== MessageType.decision || first.outcome !== Outcome.pass)
      throw new Error("the owner is not let in")
    const knownBrowser = await knownBrowserToken(deps.crypto, first.token)
    for (let n = 0; n < 27; n++) await signIn({ password: `guess ${n}` })
    return (await signIn({ password, knownBrowser }))?.type !== MessageType.decision
  },
}

export const guessAttacks: readonly Attack[] = [weakKey, leftAfterRefusals, slowsOwner]
