import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Trace } from "@sourceprint/core/trace.js"
import type { MatchCalibration } from "./calibration.js"
import { llrOf } from "./calibration.js"
import type { Matcher } from "./matcher.js"

/** A comparison of two images. */
export interface PairResult {
  readonly score: number
  readonly referenceQuality: number
  readonly probeQuality: number
  /** Natural logarithm; undefined without a calibration. */
  readonly llr?: number
  /** score >= threshold of the calibration; undefined without one. */
  readonly accepted?: boolean
}

/** Compares a probe with references of one finger or face, at least one: the best score counts (verification, 1:1).
 *  @throws AppError "calibration/matcher" where the calibration is another matcher's */
export function verifyTemplates<Template>(
  matcher: Matcher<never, Template>,
  references: readonly Template[],
  probe: Template,
  calibration?: MatchCalibration,
  trace?: Trace,
): PairResult {
  if (calibration !== undefined && calibration.matcher !== matcher.id) {
    throw new AppError(
      "calibration/matcher",
      `the calibration is for ${calibration.matcher}, not for ${matcher.id}; calibrate ${matcher.id} first`,
    )
  }
  const score = Math.max(...references.map((reference) => matcher.compare(reference, probe, trace)))
  const referenceQuality = Math.max(...references.map((reference) => matcher.quality(reference)))
  const base = { score, referenceQuality, probeQuality: matcher.quality(probe) }
  if (calibration === undefined) return base
  return { ...base, llr: llrOf(calibration, score), accepted: score >= calibration.threshold }
}

/** Enrols the references as one template and compares the probe with it. @throws FailureToEnrol, and as
 *  `verifyTemplates` */
export async function verifyPair<Image extends GrayImage>(
  matcher: Matcher<Image, unknown>,
  references: readonly Image[],
  probe: Image,
  calibration?: MatchCalibration,
  trace?: Trace,
): Promise<PairResult> {
  const reference = await matcher.enrol(references, trace)
  return verifyTemplates(matcher, [reference], await matcher.probe(probe, trace), calibration, trace)
}
