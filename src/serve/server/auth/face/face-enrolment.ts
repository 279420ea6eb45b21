import { Outcome } from "@sourceprint/protocol/message.js"
import type { StoredTemplate } from "../../../store/store.js"
import type { FactorEnrolment } from "../factor-proof.js"
import { sealTemplate } from "../finger/seal-template.js"
import { mendable } from "../reason.js"
import { reportChecks } from "./face-reports.js"
import { faceRound } from "./face-round.js"

/** Live captures of one face until there are enough, at most four times as many as needed; each leaves a template of
 *  its frames that differ, and has to match those before it. */
export const faceEnrolment: FactorEnrolment = {
  factor: "face",
  async gather(deps, { connection, claim, accountId, facts }) {
    const { policy, audit, inspector } = deps
    const { peer } = connection
    const needed = policy.faceCapturesPerEnrolment
    const references: Uint8Array[] = []
    const templates: StoredTemplate[] = []
    const imageDigests = new Set<string>()
    let lastSequence = 0
    for (let taken = 1; taken <= 4 * needed; taken++) {
      const remaining = needed - references.length
      const judged = await faceRound(deps, connection, claim, {
        references,
        enrols: true,
        remaining,
        lastSequence,
      })
      if (typeof judged === "string") return void (await audit.write(facts(judged)))
      const { requestSha256, reason, detail, template } = judged
      lastSequence = judged.capture.sequence
      if (reason !== undefined) await audit.write(facts(reason, { detail }))
      if (reason !== undefined && !mendable.has(reason)) {
        await peer.decide(Outcome.fail, requestSha256)
        return undefined
      }
      if (reason === undefined && template !== undefined) {
        await reportChecks(peer, policy.freshnessWindowMs, judged)
        references.push(template)
        const matcherId = inspector.faces?.matcherId ?? ""
        const sealed = { accountId, finger: "face", modality: "face", matcherId, bytes: template } as const
        templates.push(sealTemplate(deps, sealed))
        for (const digest of judged.imageDigests) imageDigests.add(digest)
      }
      if (templates.length === needed) return { templates, imageDigests: [...imageDigests], requestSha256 }
      await peer.decide(taken < 4 * needed ? Outcome.retry : Outcome.fail, requestSha256)
    }
    return undefined
  },
}
