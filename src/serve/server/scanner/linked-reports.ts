import { Check, MAX_PROGRESS_IMAGE_BYTES, type Progress, Stage } from "@sourceprint/protocol/scanner-progress.js"
import type { JudgedCapture } from "../auth/finger/capture-round.js"
import { outlineOf } from "./outline.js"

/** The picture that the peer is shown, or nothing: an outline at once, the capture itself only after a pass and where
 *  the operator allows it. */
export function imageReport(capture: Uint8Array, what: "outline" | "whole"): readonly Progress[] {
  const image = what === "whole" ? capture : outlineOf(capture)
  if (image === undefined || image.length > MAX_PROGRESS_IMAGE_BYTES) return []
  return [{ stage: Stage.image, whole: what === "whole", image }]
}

/** The checks of a capture that kept all of them, in the order of docs/protocol.md section 8. */
export function checkReports(
  ageMs: number,
  freshnessWindowMs: number,
  detail: JudgedCapture["detail"],
): readonly Progress[] {
  const report = (check: Check, value: unknown, threshold: unknown): readonly Progress[] =>
    typeof value === "number" && typeof threshold === "number" ? [{ stage: Stage.check, check, value, threshold }] : []
  return [
    ...report(Check.integrity, 1, 1),
    ...report(Check.freshness, ageMs, freshnessWindowMs),
    ...report(Check.quality, detail.quality, detail.qualityFloor),
    ...report(Check.finger, detail.score, detail.scoreThreshold),
    ...report(Check.scanner, detail.probTargetScanner, detail.scannerThreshold),
  ]
}
