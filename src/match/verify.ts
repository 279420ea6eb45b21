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

/** Enrols the references as one template and compares the probe with it (verification, 1:1).
 *  @throws FailureToEnrol; AppError "calibration/matcher" where the calibration is another matcher's */
export async function verifyPair<Image extends GrayImage>(
  matcher: Matcher<Image, unknown>,
  references: readonly Image[],
  probe: Image,
  calibration?: MatchCalibration,
  trace?: Trace,
): Promise<PairResult> {
  if (calibration !== undefined && calibration.matcher !== matcher.id) {
    throw new AppError(
      "calibration/matcher",
      `the calibration is for ${calibration.matcher}, not for ${matcher.id}; calibrate ${matcher.id} first`,
    )
  }
  const reference = await matcher.enrol(references, trace)
  const other = await matcher.probe(probe, trace)
  const score = matcher.compare(reference, other, trace)
  const base = { score, referenceQuality: matcher.quality(reference), probeQuality: matcher.quality(other) }
  if (calibration === undefined) return base
  return { ...base, llr: llrOf(calibration, score), accepted: score >= calibration.threshold }
}
