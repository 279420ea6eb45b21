import { Outcome } from "@sourceprint/protocol/message.js"
import { Purpose } from "@sourceprint/protocol/scanner-progress.js"
import type { FactorProof } from "../factor-proof.js"
import { mendable } from "../reason.js"
import { imageDigest } from "./capture-checks.js"
import { fingerRound } from "./finger-round.js"
import { keepImage } from "./keep-image.js"
import { openTemplates } from "./seal-template.js"

/** Touches of an enrolled finger, as many as the policy asks for, none a picture of another; where the sign-in asks for
 *  the scanner, on the scanner that the device is bound to. */
export const fingerProof: FactorProof = {
  factor: "finger",
  async prove(deps, { connection, claim, account, templates, chosen, facts, tries }) {
    const { policy, audit, inspector } = deps
    if (claim.device === undefined && !policy.linkedScanners) {
      await audit.write(facts("device", { accountId: account.id }))
      return "refused" // whoever chose the finger without a scanner learns it from the end of the connection
    }
    const checksScanner = chosen.includes("scanner")
    const references = openTemplates(deps, templates, "finger", inspector.matcherId)
    let lastSequence = 0
    const earlier: Uint8Array[] = []
    const imageDigests: string[] = []
    for (let remaining = policy.capturesPerSignIn; remaining > 0; remaining--) {
      // An account without references of this matcher is compared with one that nothing matches.
      const isLast = imageDigests.length + 1 >= policy.touchesPerSignIn
      const what = { name: account.name, purpose: Purpose.signIn, references, earlier, checksScanner, isLast }
      const judged = await fingerRound(deps, connection, claim, { ...what, remaining, lastSequence })
      if (judged === "vain" || judged === "left") {
        await audit.write(facts(judged === "vain" ? "timeout" : "closed", { accountId: account.id }))
        return "refused"
      }
      if (typeof judged === "string") {
        await audit.write(facts(judged, { accountId: account.id }))
        return judged === "size" || judged === "decryption" ? "refused" : "gone"
      }
      const { capture, reason: checked, detail, requestSha256, device, probe } = judged
      const digest = imageDigest(deps.secrets.digestKey, capture.imageSha256)
      const repeated = policy.refuseSeenImages && imageDigests.includes(digest)
      const reason = checked ?? (references.length === 0 ? "finger" : repeated ? "replay" : undefined)
      lastSequence = capture.sequence
      await tries.judged(reason)
      await keepImage(deps, {
        accountId: account.id,
        deviceId: device.id,
        scannerId: device.scannerId,
        outcome: reason ?? "passed",
        image: capture.image,
      })
      if (reason === undefined) {
        imageDigests.push(digest)
        if (probe !== undefined) earlier.push(probe)
        if (!isLast) {
          remaining++ // a good touch uses up no try
          await connection.peer.decide(Outcome.retry, requestSha256)
          continue
        }
        return {
          factors: ["finger", ...(checksScanner ? (["scanner"] as const) : [])],
          imageDigests,
          detail,
          requestSha256,
          deviceId: device.id,
        }
      }
      const again = mendable.has(reason) && remaining > 1
      await audit.write(
        facts(reason, {
          accountId: account.id,
          deviceId: device.id,
          detail: { ...detail, remaining: remaining - 1 },
        }),
      )
      await connection.peer.decide(again ? Outcome.retry : Outcome.fail, requestSha256)
      if (!again) return "refused"
    }
    return "refused"
  },
}
