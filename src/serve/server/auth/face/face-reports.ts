import { FaceCheck, type FaceProgress, FaceStage } from "@sourceprint/protocol/face-progress.js"
import { MessageType } from "@sourceprint/protocol/message.js"
import type { SecurePeer } from "../secure-peer.js"
import type { FacesJudgement } from "./judge-faces.js"

/** Tells the peer how many of its pictures were looked at. The steps are the same whatever is found in them. */
export function lookedReporter(peer: SecurePeer): {
  tell(done: number, total: number): void
  /** Resolves when all was told; later calls of `tell` say nothing. */
  told(): Promise<void>
} {
  let telling: Promise<unknown> = Promise.resolve()
  let over = false
  return {
    tell(done, total) {
      if (over) return
      const progress = { stage: FaceStage.looked, done, total }
      telling = telling.then(() => peer.send({ type: MessageType.faceProgress, progress }))
    },
    async told() {
      over = true
      await telling
    },
  }
}

/** After a pass, and only then: each check with its value, in the order of docs/protocol.md section 13. */
export async function reportChecks(
  peer: SecurePeer,
  freshnessWindowMs: number,
  { ageMs, detail }: { readonly ageMs: number; readonly detail: FacesJudgement["detail"] },
): Promise<void> {
  const checks: readonly [FaceCheck, unknown, unknown][] = [
    [FaceCheck.integrity, 1, 1],
    [FaceCheck.freshness, ageMs, freshnessWindowMs],
    [FaceCheck.liveness, detail.headScore, detail.headThreshold],
    [FaceCheck.person, detail.alike, detail.alikeThreshold],
    [FaceCheck.face, detail.faceScore, detail.faceThreshold],
  ]
  for (const [check, value, threshold] of checks) {
    if (typeof value !== "number" || typeof threshold !== "number") continue
    const progress: FaceProgress = { stage: FaceStage.check, check, value, threshold }
    await peer.send({ type: MessageType.faceProgress, progress })
  }
}
