import { Outcome } from "@sourceprint/protocol/message.js"
import { Purpose } from "@sourceprint/protocol/scanner-progress.js"
import { enrolmentAttempt } from "../enrolment-attempt.js"
import type { FactorEnrolment } from "../factor-proof.js"
import { mendable } from "../reason.js"
import { imageDigest } from "./capture-checks.js"
import { fingerRound } from "./finger-round.js"
import { sealTemplate } from "./seal-template.js"

/** Captures until enough good ones of one finger are there, at most four times as many as needed. */
export const fingerEnrolment: FactorEnrolment = {
  factor: "finger",
  async gather(deps, { connection, claim, accountId, name, finger, chosen, facts }) {
    const { policy, audit, inspector, queue, secrets, limits, clock } = deps
    const { peer } = connection
    if (claim.device === undefined && !policy.linkedScanners) return void (await audit.write(facts("device")))
    const checksScanner = chosen.includes("scanner")
    let images: Uint8Array[] = []
    let imageDigests: string[] = []
    let lastSequence = 0
    for (let taken = 1; taken <= 4 * policy.capturesPerEnrolment; taken++) {
      const remaining = policy.capturesPerEnrolment - images.length
      const what = { name, purpose: Purpose.signUp, references: [], checksScanner }
      const judged = await fingerRound(deps, connection, claim, { ...what, remaining, lastSequence })
      if (judged === "vain" || judged === "left") {
        await audit.write(facts(judged === "vain" ? "timeout" : "closed"))
        await limits.failed(enrolmentAttempt(connection, claim), clock.nowMs())
        return undefined
      }
      if (typeof judged === "string") return void (await audit.write(facts(judged)))
      const { capture, requestSha256, reason, detail, device } = judged
      const deviceId = device.id
      lastSequence = capture.sequence
      if (reason !== undefined && !mendable.has(reason)) {
        await audit.write(facts(reason, { deviceId, detail }))
        await peer.decide(Outcome.fail, requestSha256)
        return undefined
      }
      if (reason === undefined) {
        images.push(capture.image)
        imageDigests.push(imageDigest(secrets.digestKey, capture.imageSha256))
      }
      if (images.length === policy.capturesPerEnrolment) {
        const enrolled = await queue.run(() => inspector.enrol(images))
        if (enrolled !== "busy" && enrolled.template !== undefined) {
          const { matcherId } = inspector
          const template = {
            accountId,
            finger,
            modality: "finger",
            matcherId,
            bytes: enrolled.template,
          } as const
          return { templates: [sealTemplate(deps, template)], imageDigests, requestSha256 }
        }
        // Not one finger, or too little of it: start over with this person standing there.
        await audit.write(facts(enrolled === "busy" ? "busy" : (enrolled.reason ?? "quality")))
        images = []
        imageDigests = []
      } else if (reason !== undefined) await audit.write(facts(reason, { deviceId, detail }))
      if (taken < 4 * policy.capturesPerEnrolment) await peer.decide(Outcome.retry, requestSha256)
      else await peer.decide(Outcome.fail, requestSha256)
    }
    return undefined
  },
}
