import { Outcome } from "@sourceprint/protocol/message.js"
import type { FactorProof } from "../factor-proof.js"
import { openTemplates } from "../finger/seal-template.js"
import { mendable } from "../reason.js"
import { reportChecks } from "./face-reports.js"
import { faceRound } from "./face-round.js"

/** The enrolled face, alive: it does what this challenge asks for. */
export const faceProof: FactorProof = {
  factor: "face",
  async prove(deps, { connection, claim, account, templates, facts, tries }) {
    const { policy, audit, inspector } = deps
    const references = openTemplates(deps, templates, "face", inspector.faces?.matcherId ?? "")
    let lastSequence = 0
    for (let remaining = policy.faceCapturesPerSignIn; remaining > 0; remaining--) {
      const judged = await faceRound(deps, connection, claim, {
        references,
        enrols: false,
        remaining,
        lastSequence,
      })
      if (typeof judged === "string") {
        await audit.write(facts(judged, { accountId: account.id }))
        return judged === "size" || judged === "decryption" ? "refused" : "gone"
      }
      const { detail, requestSha256, imageDigests } = judged
      // An account without a face is compared with one that nothing matches.
      const reason = judged.reason ?? (references.length === 0 ? "face" : undefined)
      lastSequence = judged.capture.sequence
      await tries.judged(reason)
      if (reason === undefined) {
        await reportChecks(connection.peer, policy.freshnessWindowMs, judged)
        return { factors: ["face"], imageDigests, detail, requestSha256 }
      }
      const again = mendable.has(reason) && remaining > 1
      await audit.write(facts(reason, { accountId: account.id, detail: { ...detail, remaining: remaining - 1 } }))
      await connection.peer.decide(again ? Outcome.retry : Outcome.fail, requestSha256)
      if (!again) return "refused"
    }
    return "refused"
  },
}
