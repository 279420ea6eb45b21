import { errorVersusDiscard } from "@sourceprint/core/metrics/error-versus-discard.js"
import type { Scored } from "./set-scores.js"

export interface Discarded {
  /** False non-matches of the pairs of lowest quality and of the others, rates in [0, 1]. */
  readonly worst: number
  readonly rest: number
  readonly worstCount: number
  readonly restCount: number
  /** Mean false non-match rate while the worst 0 to 20 % are left out. */
  readonly area: number
}

/** What quality says about errors at `threshold`: the genuine pairs split at the share `share` of lowest quality, or a
 *  little less where pairs are of equal quality. */
export function discarded(pairs: readonly Scored[], threshold: number, share = 0.1): Discarded {
  const genuine = pairs.filter((pair) => pair.genuine)
  const curve = errorVersusDiscard(
    Float64Array.from(genuine, (pair) => pair.score),
    Float64Array.from(genuine, (pair) => pair.quality),
    threshold,
  )
  const at = (wanted: number): number => curve.discarded.findLastIndex((d) => d <= wanted)
  const [whole, split] = [0, at(share)]
  const restCount = curve.kept[split]
  const worstCount = genuine.length - restCount
  const restErrors = curve.fnmr[split] * restCount
  const errors = curve.fnmr[whole] * genuine.length
  const steps = Array.from({ length: 21 }, (_, k) => curve.fnmr[at(k / 100)])
  return {
    worst: worstCount === 0 ? Number.NaN : (errors - restErrors) / worstCount,
    rest: restErrors / restCount,
    worstCount,
    restCount,
    area: steps.reduce((sum, rate) => sum + rate, 0) / steps.length,
  }
}
