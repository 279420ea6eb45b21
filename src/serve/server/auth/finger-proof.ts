import { Outcome } from "../../../protocol/message.js"
import { imageDigest } from "./capture-checks.js"
import { captureRound } from "./capture-round.js"
import type { FactorProof } from "./factor-proof.js"
import { mendable } from "./reason.js"
import { openTemplates } from "./seal-template.js"

/** A touch of an enrolled finger; where the sign-in asks for the scanner, on the scanner that the device is bound to. */
export const fingerProof: FactorProof = {
  factor: "finger",
  async prove(deps, { connection, claim, account, templates, chosen, facts }) {
    const { policy, audit, inspector } = deps
    const { device } = claim
    if (device === undefined) {
      await audit.write(facts("device", { accountId: account.id }))
      return "refused" // whoever chose the finger without a scanner learns it from the end of the connection
    }
    const checksScanner = chosen.includes("scanner")
    const references = openTemplates(deps, templates, "finger", inspector.matcherId)
    let lastSequence = 0
    for (let remaining = policy.capturesPerSignIn; remaining > 0; remaining--) {
      // An account without references of this matcher is compared with one that nothing matches.
      const round = { device, skewMs: claim.skewMs, remaining, lastSequence, references, checksScanner }
      const judged = await captureRound(deps, connection, round)
      if (typeof judged === "string") {
        await audit.write(facts(judged, { accountId: account.id }))
        return judged === "size" || judged === "decryption" ? "refused" : "gone"
      }
      const { capture, reason: checked, detail, requestSha256 } = judged
      const reason = checked ?? (references.length === 0 ? "finger" : undefined)
      lastSequence = capture.sequence
      if (reason === undefined) {
        const imageDigests = [imageDigest(deps.secrets.digestKey, capture.imageSha256)]
        return {
          factors: ["finger", ...(checksScanner ? (["scanner"] as const) : [])],
          imageDigests,
          detail,
          requestSha256,
        }
      }
      const again = mendable.has(reason) && remaining > 1
      await audit.write(
        facts(reason, { accountId: account.id, detail: { ...detail, remaining: remaining - 1 } }),
      )
      await connection.peer.decide(again ? Outcome.retry : Outcome.fail, requestSha256)
      if (!again) return "refused"
    }
    return "refused"
  },
}
