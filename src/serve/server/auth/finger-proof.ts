import { Outcome } from "../../../protocol/message.js"
import { Purpose } from "../../../protocol/scanner-progress.js"
import { imageDigest } from "./capture-checks.js"
import type { FactorProof } from "./factor-proof.js"
import { fingerRound } from "./finger-round.js"
import { keepImage } from "./keep-image.js"
import { mendable } from "./reason.js"
import { openTemplates } from "./seal-template.js"

/** A touch of an enrolled finger; where the sign-in asks for the scanner, on the scanner that the device is bound to. */
export const fingerProof: FactorProof = {
  factor: "finger",
  async prove(deps, { connection, claim, account, templates, chosen, facts }) {
    const { policy, audit, inspector } = deps
    if (claim.device === undefined && !policy.linkedScanners) {
      await audit.write(facts("device", { accountId: account.id }))
      return "refused" // whoever chose the finger without a scanner learns it from the end of the connection
    }
    const checksScanner = chosen.includes("scanner")
    const references = openTemplates(deps, templates, "finger", inspector.matcherId)
    let lastSequence = 0
    for (let remaining = policy.capturesPerSignIn; remaining > 0; remaining--) {
      // An account without references of this matcher is compared with one that nothing matches.
      const what = { name: account.name, purpose: Purpose.signIn, references, checksScanner }
      const judged = await fingerRound(deps, connection, claim, { ...what, remaining, lastSequence })
      if (judged === "vain" || judged === "left") {
        await audit.write(facts(judged === "vain" ? "timeout" : "closed", { accountId: account.id }))
        return "refused"
      }
      if (typeof judged === "string") {
        await audit.write(facts(judged, { accountId: account.id }))
        return judged === "size" || judged === "decryption" ? "refused" : "gone"
      }
      const { capture, reason: checked, detail, requestSha256, device } = judged
      const reason = checked ?? (references.length === 0 ? "finger" : undefined)
      lastSequence = capture.sequence
      await keepImage(deps, {
        accountId: account.id,
        deviceId: device.id,
        scannerId: device.scannerId,
        outcome: reason ?? "passed",
        image: capture.image,
      })
      if (reason === undefined) {
        const imageDigests = [imageDigest(deps.secrets.digestKey, capture.imageSha256)]
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
