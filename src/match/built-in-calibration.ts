import { AppError } from "@sourceprint/core/errors.js"
import type { MatchCalibration } from "./calibration.js"
import { DEFAULT_FMR, type OperatingPoints } from "./operating-points.js"

/** The calibration that the matcher brings along, at one of its rates.
 *  @throws AppError "match/no-operating-points", "match/operating-point" naming the rates there are */
export function builtInCalibration(
  matcher: { readonly id: string; readonly operatingPoints?: OperatingPoints },
  fmr: number = DEFAULT_FMR,
): MatchCalibration {
  const known = matcher.operatingPoints
  if (known === undefined) {
    const cure = 'calibrate it ("sourceprint match calibrate") and give the file or its threshold'
    throw new AppError("match/no-operating-points", `${matcher.id} brings no thresholds along: ${cure}`)
  }
  const point = known.points.find((candidate) => candidate.fmr === fmr)
  if (point === undefined) {
    const rates = known.points.map((candidate) => candidate.fmr).join(", ")
    throw new AppError("match/operating-point", `${matcher.id} has no threshold for FMR ${fmr}, only for ${rates}`)
  }
  return {
    format: "sourceprint-match-calibration-1",
    matcher: matcher.id,
    threshold: point.threshold,
    targetFmr: fmr,
    observed: { fmr, fnmr: point.fnmr, genuine: known.genuine, impostor: known.impostor },
    chosenOn: known.chosenOn,
    llr: known.llr,
  }
}
