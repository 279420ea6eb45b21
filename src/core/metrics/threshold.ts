import { type ErrorCurve, errorCurve } from "./error-curve.js"
import { fnmrAtFmr } from "./fnmr-at-fmr.js"

/** How a threshold is chosen. Always on dev (or another set that is not reported on). */
export type ThresholdPolicy =
  | { readonly kind: "eer" }
  | { readonly kind: "target-fmr"; readonly maxFmr: number }
  | { readonly kind: "fixed"; readonly threshold: number }

/** A threshold that knows where it came from. `score >= threshold` accepts. */
export interface ChosenThreshold {
  readonly threshold: number
  readonly policy: ThresholdPolicy
  /** for people: what the scores were ("dev of fold 2") */
  readonly chosenOn: string
  readonly genuineCount: number
  readonly impostorCount: number
  /** rates of the very scores that chose it: optimistic, kept for comparison with eval */
  readonly fmr: number
  readonly fnmr: number
}

/** Chooses a threshold from scores. `eer`: the point where the two rates are nearest, the smaller sum on a tie.
 *  `target-fmr`: the lowest FNMR with FMR <= maxFmr. The threshold lies halfway to the next lower score, which changes
 *  no decision on these scores and is the fairest guess for new ones; where nothing may be accepted it is just above
 *  the highest score, so it is always finite.
 *  @throws RangeError for an empty set, +Infinity, or a maxFmr outside [0, 1] */
export function chooseThreshold(
  policy: ThresholdPolicy,
  genuine: Float64Array,
  impostor: Float64Array,
  chosenOn: string,
): ChosenThreshold {
  const curve = errorCurve(genuine, impostor)
  const origin = { policy, chosenOn, genuineCount: genuine.length, impostorCount: impostor.length }
  if (policy.kind === "fixed") {
    const k = lastAtLeast(curve.threshold, policy.threshold)
    return { threshold: policy.threshold, fmr: curve.fmr[k], fnmr: curve.fnmr[k], ...origin }
  }
  const k =
    policy.kind === "eer" ? nearestRates(curve) : curve.threshold.indexOf(fnmrAtFmr(curve, policy.maxFmr).threshold)
  return { threshold: halfwayBelow(curve.threshold, k), fmr: curve.fmr[k], fnmr: curve.fnmr[k], ...origin }
}

function nearestRates({ fmr, fnmr }: ErrorCurve): number {
  let best = 0
  for (let k = 1; k < fmr.length; k++) {
    const gain = Math.abs(fmr[best] - fnmr[best]) - Math.abs(fmr[k] - fnmr[k])
    if (gain > 0 || (gain === 0 && fmr[k] + fnmr[k] < fmr[best] + fnmr[best])) best = k
  }
  return best
}

/** The last index of a falling array whose value is >= `value`; the first value is +Infinity. */
function lastAtLeast(falling: Float64Array, value: number): number {
  let k = falling.length - 1
  while (k > 0 && !(falling[k] >= value)) k--
  return k
}

function halfwayBelow(thresholds: Float64Array, k: number): number {
  if (thresholds.length === 1) return 0 // every score is NaN: any threshold accepts nothing
  if (k === 0) return thresholds[1] + Math.max(Number.MIN_VALUE, Math.abs(thresholds[1]) * Number.EPSILON)
  const here = thresholds[k]
  const below = k + 1 < thresholds.length ? thresholds[k + 1] : here
  const middle = here / 2 + below / 2
  return Number.isFinite(middle) && middle > below && middle <= here ? middle : here
}
