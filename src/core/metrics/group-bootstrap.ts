import type { Rng } from "../rng.js"
import { checkConfidence, DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { quantileOfSorted } from "./quantile.js"
import type { WeightedStatistic } from "./weighted-statistics.js"

/** What is drawn again: whole groups (fingers, people), because samples of one finger are not independent
 *  (Bolle, Ratha and Pankanti 2004, the "subset bootstrap"). */
export interface BootstrapDesign {
  /** group of each sample */
  readonly groups: readonly string[]
  /** second group of a comparison between two fingers: the pair then counts weight(a) × weight(b) */
  readonly otherGroups?: readonly string[]
  /** stratum of each sample's group (the scanner): groups are drawn within their stratum, so that a replicate has as
   *  many fingers of each scanner as the data. Left out: one stratum. */
  readonly strata?: readonly string[]
  readonly replicates?: number
  readonly confidence?: number
}

const DEFAULT_REPLICATES = 1000

/** Every statistic on every replicate, all statistics on the same draws (so differences are paired). Groups are drawn
 *  in the order of their names: the order of samples changes no draw. One pass of weights a replicate; no copy.
 *  @returns replicates[s][r] for statistic s
 *  @throws RangeError for empty or unequal columns, or a group in two strata */
export function bootstrapReplicates(
  design: BootstrapDesign,
  statistics: readonly WeightedStatistic[],
  rng: Rng,
): Float64Array[] {
  const { groups, otherGroups, strata } = design
  const replicates = design.replicates ?? DEFAULT_REPLICATES
  const sampleCount = groups.length
  if (sampleCount === 0) throw new RangeError("no sample")
  if ((otherGroups ?? groups).length !== sampleCount || (strata ?? groups).length !== sampleCount)
    throw new RangeError("groups, other groups and strata differ in length")
  const { groupOf, otherOf, members } = indexGroups(groups, otherGroups, strata)
  const drawn = new Float64Array(members.reduce((sum, stratum) => sum + stratum.length, 0))
  const weights = new Float64Array(sampleCount)
  const results = statistics.map(() => new Float64Array(replicates))
  for (let r = 0; r < replicates; r++) {
    drawn.fill(0)
    for (const stratum of members) {
      for (let n = 0; n < stratum.length; n++) drawn[stratum[rng.below(stratum.length)]]++
    }
    for (let k = 0; k < sampleCount; k++) {
      weights[k] = groupOf[k] === otherOf[k] ? drawn[groupOf[k]] : drawn[groupOf[k]] * drawn[otherOf[k]]
    }
    for (let s = 0; s < statistics.length; s++) results[s][r] = statistics[s](weights)
  }
  return results
}

function indexGroups(groups: readonly string[], others = groups, strata?: readonly string[]) {
  const numberOf = new Map<string, number>()
  const stratumOf = new Map<string, string>()
  const number = (group: string, stratum: string): number => {
    const known = numberOf.get(group)
    if (known !== undefined) {
      if (stratumOf.get(group) !== stratum) throw new RangeError(`group ${group} lies in two strata`)
      return known
    }
    numberOf.set(group, numberOf.size)
    stratumOf.set(group, stratum)
    return numberOf.size - 1
  }
  const groupOf = Uint32Array.from(groups, (group, k) => number(group, strata?.[k] ?? ""))
  const otherOf = others === groups ? groupOf : Uint32Array.from(others, (group, k) => number(group, strata?.[k] ?? ""))
  const byStratum = new Map<string, number[]>()
  for (const group of [...numberOf.keys()].sort()) {
    const stratum = stratumOf.get(group) ?? ""
    const members = byStratum.get(stratum)
    if (members === undefined) byStratum.set(stratum, [numberOf.get(group) ?? 0])
    else members.push(numberOf.get(group) ?? 0)
  }
  return { groupOf, otherOf, members: [...byStratum.keys()].sort().map((stratum) => byStratum.get(stratum) ?? []) }
}

/** A figure with its bootstrap interval. */
export interface BootstrapResult {
  /** the statistic of the data itself */
  readonly value: number
  readonly interval: Interval
  /** replicates that had a value (a replicate may miss a class) */
  readonly usedReplicates: number
  /** every replicate gave the same figure (no error was seen): drawing groups again says nothing; `rateInterval` then
   *  counts each group as one trial */
  readonly degenerate: boolean
}

/** Percentile interval (Efron and Tibshirani 1993, ch. 13) of each statistic by drawing groups again.
 *  @throws RangeError as bootstrapReplicates, or where no replicate has a value */
export function groupBootstrap(
  design: BootstrapDesign,
  statistics: readonly WeightedStatistic[],
  rng: Rng,
): BootstrapResult[] {
  const whole = new Float64Array(design.groups.length).fill(1)
  const groupCount = new Set([...design.groups, ...(design.otherGroups ?? [])]).size
  return bootstrapReplicates(design, statistics, rng).map((values, s) => ({
    value: statistics[s](whole),
    ...percentileInterval(values, design.confidence, `bootstrap over ${groupCount} fingers or people`),
  }))
}

/** The middle `confidence` of replicate values; NaN replicates are left out and counted. */
export function percentileInterval(values: Float64Array, confidence = DEFAULT_CONFIDENCE, method = "bootstrap") {
  checkConfidence(confidence)
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  if (sorted.length === 0) throw new RangeError("no replicate has a value")
  const tail = (1 - confidence) / 2
  const interval: Interval = {
    low: quantileOfSorted(sorted, tail),
    high: quantileOfSorted(sorted, 1 - tail),
    confidence,
    method: `${method}, ${sorted.length} replicates`,
  }
  return { interval, usedReplicates: sorted.length, degenerate: sorted[0] === sorted[sorted.length - 1] }
}
