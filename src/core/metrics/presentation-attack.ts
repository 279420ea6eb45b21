import type { Rng } from "../rng.js"
import { type CountedRate, countedRate } from "./counted-rate.js"
import { type BootstrapResult, bootstrapReplicates } from "./group-bootstrap.js"
import { rateInterval } from "./rate-interval.js"
import { onSamples, type WeightedStatistic, weightedDecisionRates, weightedEer } from "./weighted-statistics.js"

/** One presentation that was judged. */
export interface JudgedPresentation {
  /** Higher is more like a bona fide presentation. */
  readonly score: number
  /** The decision at a threshold that was chosen on other presentations. */
  readonly accepted: boolean
  /** The species of an attack; undefined for a bona fide presentation. */
  readonly species: string | undefined
  /** The finger or person that intervals are drawn over. */
  readonly group: string
}

/** The figures of ISO/IEC 30107-3, each with an interval from drawing fingers again. */
export interface PresentationFigures {
  /** Bona fide presentations that were refused. */
  readonly bpcer: CountedRate
  /** Attacks that were accepted, of each species. */
  readonly apcer: readonly ({ readonly species: string } & CountedRate)[]
  /** The highest of them: what the standard has a system answer for. */
  readonly worst: { readonly species: string } & CountedRate
  /** Attacks of all species that pass at the threshold at which so many bona fide presentations are refused. It is
   *  read off the scores that are judged. */
  readonly apcerAtBpcer: readonly { readonly bpcer: number; readonly apcer: BootstrapResult }[]
  /** Where both rates are equal, over all species. */
  readonly dEer: BootstrapResult
}

/** BPCERs at which the APCER is given. */
const OPERATING_BPCERS = [0.01, 0.05]

/** @throws RangeError without a bona fide presentation or without an attack */
export function presentationFigures(judged: readonly JudgedPresentation[], rng: Rng): PresentationFigures {
  const isGenuine = Uint8Array.from(judged, ({ species }) => (species === undefined ? 1 : 0))
  const scores = Float64Array.from(judged, ({ score }) => score)
  const accepted = Uint8Array.from(judged, (one) => (one.accepted ? 1 : 0))
  const names = [...new Set(judged.flatMap(({ species }) => species ?? []))].sort()
  if (names.length === 0 || !isGenuine.includes(1))
    throw new RangeError("presentation figures need bona fide presentations and attacks")
  const indexesOf = (species: string | undefined): Uint32Array =>
    Uint32Array.from(judged.flatMap((one, i) => (one.species === species ? [i] : [])))
  const rates = weightedDecisionRates(accepted, isGenuine)
  const parts = names.map((species) => {
    const indexes = indexesOf(species)
    const own = accepted.filter((_, i) => judged[i].species === species)
    return {
      species,
      indexes,
      statistic: onSamples(weightedDecisionRates(own, new Uint8Array(own.length)).fmr, indexes),
    }
  })
  const operating = OPERATING_BPCERS.map((bpcer) => weightedApcerAt({ scores, isGenuine }, bpcer))
  const statistics = [rates.fnmr, weightedEer({ scores, isGenuine }), ...operating, ...parts.map((p) => p.statistic)]
  const groups = judged.map(({ group }) => group)
  const replicates = bootstrapReplicates({ groups, strata: strataOf(judged) }, statistics, rng)
  const ones = new Float64Array(judged.length).fill(1)
  const fingers = (keep: (one: JudgedPresentation) => boolean): number =>
    new Set(judged.filter(keep).map(({ group }) => group)).size
  const attackers = fingers(({ species }) => species !== undefined)
  const figure = (s: number, count: number): BootstrapResult => rateInterval(statistics[s](ones), replicates[s], count)
  const counted = (errors: number, trials: number, s: number, count: number): CountedRate =>
    countedRate(errors, trials, figure(s, count).interval)
  const bonaFide = indexesOf(undefined)
  const apcer = parts.map(({ species, indexes }, i) => ({
    species,
    ...counted(
      indexes.reduce((sum, k) => sum + accepted[k], 0),
      indexes.length,
      2 + operating.length + i,
      fingers((one) => one.species === species),
    ),
  }))
  return {
    bpcer: counted(
      bonaFide.reduce((sum, k) => sum + 1 - accepted[k], 0),
      bonaFide.length,
      0,
      fingers(({ species }) => species === undefined),
    ),
    apcer,
    worst: apcer.reduce((worst, next) => (next.rate > worst.rate ? next : worst)),
    apcerAtBpcer: OPERATING_BPCERS.map((bpcer, i) => ({ bpcer, apcer: figure(2 + i, attackers) })),
    dEer: figure(1, attackers),
  }
}

/** Fingers are drawn among those that showed the same kinds, so that a replicate has each kind. */
function strataOf(judged: readonly JudgedPresentation[]): string[] {
  const seen = new Map<string, Set<string>>()
  for (const { group, species = "" } of judged) seen.set(group, (seen.get(group) ?? new Set()).add(species))
  return judged.map(({ group }) => [...(seen.get(group) ?? [])].sort().join("|"))
}

/** Weighted share of attacks at or above the highest threshold that refuses at most `maxBpcer` of the bona fide. */
function weightedApcerAt(
  { scores, isGenuine }: { readonly scores: Float64Array; readonly isGenuine: Uint8Array },
  maxBpcer: number,
): WeightedStatistic {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b])
  return (weights) => {
    let bonaFide = 0
    let attacks = 0
    for (const k of order) {
      if (isGenuine[k] === 1) bonaFide += weights[k]
      else attacks += weights[k]
    }
    let refused = 0
    let below = 0 // attacks under the next threshold
    for (let r = 0; r < order.length; ) {
      const value = scores[order[r]]
      let tiedBonaFide = 0
      let tiedAttacks = 0
      for (; r < order.length && scores[order[r]] === value; r++) {
        if (isGenuine[order[r]] === 1) tiedBonaFide += weights[order[r]]
        else tiedAttacks += weights[order[r]]
      }
      if (refused + tiedBonaFide > maxBpcer * bonaFide) break
      refused += tiedBonaFide
      below += tiedAttacks
    }
    return (attacks - below) / attacks
  }
}
