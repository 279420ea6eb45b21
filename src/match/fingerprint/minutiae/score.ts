import type { OverlapAgreement } from "./overlap-agreement.js"
import type { Pairing } from "./pairing.js"
import { scoreWeights } from "./score-weights.js"

/** Everything a comparison of two views found, before it is weighed into one score. */
export interface Evidence {
  readonly local: number
  readonly relaxed: number
  readonly pairing: Pairing
  readonly similaritySum: number
  readonly pairs: number
  readonly meanGapPx: number
  readonly meanTurnRad: number
  readonly inOverlapA: number
  readonly inOverlapB: number
  /** Absent where one of the views has only minutiae. */
  readonly overlap?: OverlapAgreement
}

/** What speaks for one finger, each oriented so that more speaks for it. Order and meaning belong to `scoreWeights`. */
export const featureNames = [
  "pairs",
  "support",
  "pairedShare",
  "relaxed",
  "orientation",
  "period",
  "smoothRidges",
  "bestRidges",
  "goodShare",
  "goodReach",
  "ridgeReach",
  "gap",
  "turn",
] as const

/** Names of the features that need no ridge maps; the others are 0 where there are none. */
export const minutiaeOnlyFeatures: readonly string[] = ["pairs", "support", "pairedShare", "relaxed", "gap", "turn"]

export function features(e: Evidence): number[] {
  const { overlap } = e
  const reach = Math.sqrt(overlap?.areaPx ?? 0) / 100
  return [
    Math.sqrt(e.pairs),
    Math.sqrt(e.pairing.support),
    e.pairs / Math.sqrt((e.inOverlapA + 2) * (e.inOverlapB + 2)),
    Math.sqrt(e.relaxed),
    overlap?.orientation ?? 0,
    -Math.min(0.4, overlap?.period ?? 0),
    overlap?.smoothRidges ?? 0,
    overlap?.bestRidges ?? 0,
    overlap?.goodShare ?? 0,
    (overlap?.goodShare ?? 0) * reach,
    (overlap?.smoothRidges ?? 0) * reach,
    -e.meanGapPx,
    -e.meanTurnRad,
  ]
}

/** Natural logarithm of the odds that the prints are of one finger, where both were equally likely before. */
export function logOdds(e: Evidence): number {
  const { bias, weights } = e.overlap === undefined ? scoreWeights.minutiaeOnly : scoreWeights.full
  return features(e).reduce((sum, value, k) => sum + value * weights[k], bias)
}

/** The matcher's similarity: log odds bent to stay above 0 (softplus), which is what no evidence at all scores. */
export function similarityOf(e: Evidence | undefined): number {
  if (e === undefined) return 0
  const z = logOdds(e)
  return z > 30 ? z : Math.log1p(Math.exp(z))
}
