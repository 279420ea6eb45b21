import { AppError } from "@sourceprint/core/errors.js"
import { describeOperatingPoint } from "@sourceprint/match/operating-points.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import type { ServeConfig } from "@sourceprint/serve/server/serve-config.js"

/** The score from which fingers match, and where it comes from: `matching.threshold`, or what the matcher brings along
 *  for `matching.fmr`. @throws AppError "serve/threshold" where there is neither */
export async function fingerThreshold({
  matcher: id,
  fmr,
  threshold,
}: ServeConfig["matching"]): Promise<{ readonly threshold: number; readonly origin: string }> {
  if (threshold !== undefined) return { threshold, origin: `threshold ${threshold}, from the configuration` }
  const { operatingPoints } = await loadMatcher("fingerprint", id)
  const point = operatingPoints?.points.find((candidate) => candidate.fmr === fmr)
  if (point === undefined) {
    const cure = "calibrate it on your own data and set matching.threshold"
    throw new AppError("serve/threshold", `${id} brings no threshold for FMR ${fmr} along: ${cure}`)
  }
  return { threshold: point.threshold, origin: describeOperatingPoint(point) }
}
