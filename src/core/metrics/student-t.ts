import { inverseIncompleteBeta } from "./incomplete-beta.js"

/** The t with P(T <= t) = p for Student's t with `degrees` > 0 degrees of freedom. p in (0, 1). */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1 && degrees > 0)) throw new RangeError(`no quantile of ${p} at ${degrees} degrees`)
  if (p === 0.5) return 0
  // P(|T| > t) = I_x(degrees / 2, 1 / 2) with x = degrees / (degrees + t²)
  const x = inverseIncompleteBeta(2 * Math.min(p, 1 - p), degrees / 2, 0.5)
  const t = Math.sqrt((degrees * (1 - x)) / x)
  return p < 0.5 ? -t : t
}
