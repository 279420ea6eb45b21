import { AppError } from "@sourceprint/core/errors.js"
import { parseJson } from "@sourceprint/core/files/read-json.js"
import { fitLogisticCalibration, logisticLlr } from "@sourceprint/core/metrics/log-likelihood-ratio.js"
import { chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import { z } from "zod"
import type { SetScores } from "./benchmark/score-file.js"
import { fmrForGallery } from "./identify.js"

/** A threshold that knows what it was chosen for and on what, and the map from scores to likelihood ratios learnt on
 *  the same scores. Belongs to one matcher id; another matcher's scores mean something else. */
export const MatchCalibration = z.strictObject({
  format: z.literal("sourceprint-match-calibration-1"),
  matcher: z.string(),
  /** score >= threshold accepts */
  threshold: z.number(),
  targetFmr: z.number().min(0).max(1),
  /** Of the very scores that chose it: optimistic. */
  observed: z.strictObject({ fmr: z.number(), fnmr: z.number(), genuine: z.int(), impostor: z.int() }),
  chosenOn: z.string(),
  /** llr = slope × score + offset, natural logarithm */
  llr: z.strictObject({ slope: z.number(), offset: z.number() }),
})
export type MatchCalibration = Readonly<z.infer<typeof MatchCalibration>>

/** Chooses the threshold with the lowest FNMR whose FMR is at most `targetFmr` on the pooled scores of one matcher.
 *  @throws AppError "calibration/too-few" where fewer impostor comparisons than 3 / targetFmr were seen: by the rule of
 *  three, even no false match among them would not support the target */
export function calibrate(sets: readonly SetScores[], targetFmr: number): MatchCalibration {
  const matcher = sets[0]?.matcher
  if (matcher === undefined || sets.some((set) => set.matcher !== matcher)) {
    throw new RangeError("calibration takes the scores of exactly one matcher")
  }
  const scores = (genuine: boolean): Float64Array =>
    Float64Array.from(sets.flatMap((set) => set.comparisons.filter((c) => c.genuine === genuine).map((c) => c.score)))
  const [genuine, impostor] = [scores(true), scores(false)]
  if (impostor.length * targetFmr < 3) {
    throw new AppError(
      "calibration/too-few",
      `${impostor.length} impostor comparisons cannot support a false-match rate of ${targetFmr}: at ` +
        `least ${Math.ceil(3 / targetFmr)} are needed; take more fingers or a higher rate`,
    )
  }
  const names = sets.map((set) => set.set).join(", ")
  const chosen = chooseThreshold({ kind: "target-fmr", maxFmr: targetFmr }, genuine, impostor, names)
  return {
    format: "sourceprint-match-calibration-1",
    matcher,
    threshold: chosen.threshold,
    targetFmr,
    observed: { fmr: chosen.fmr, fnmr: chosen.fnmr, genuine: genuine.length, impostor: impostor.length },
    chosenOn: names,
    llr: fitLogisticCalibration(genuine, impostor),
  }
}

/** Natural-log likelihood ratio of a score. */
export const llrOf = (calibration: MatchCalibration, score: number): number => logisticLlr(calibration.llr)(score)

/** @throws AppError "calibration/format" with the field that is wrong */
export const parseCalibration = (text: string, name: string): MatchCalibration =>
  parseJson(text, MatchCalibration, name, {
    code: "calibration/format",
    cure: 'make it with "sourceprint match calibrate"',
  })

/** The threshold for a 1:N search among `galleryCount` references (>= 1) whose false-positive identification rate is to
 *  stay what `targetFmr` was for one comparison: the likelihood ratio that is asked for grows as the false-match rate
 *  that each comparison may have falls (`fmrForGallery`). */
export function identificationThreshold(calibration: MatchCalibration, galleryCount: number): number {
  const { threshold, targetFmr, llr } = calibration
  if (llr.slope <= 0) return threshold
  return threshold + Math.log(targetFmr / fmrForGallery(targetFmr, galleryCount)) / llr.slope
}
