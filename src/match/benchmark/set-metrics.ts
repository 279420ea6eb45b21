import { countBy } from "@sourceprint/core/dataset/count-by.js"
import { defined } from "@sourceprint/core/defined.js"
import { cllr, minCllr } from "@sourceprint/core/metrics/cllr.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { type ErrorCurve, errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { type ErrorRates, errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { type DiscardCurve, errorVersusDiscard } from "@sourceprint/core/metrics/error-versus-discard.js"
import { fnmrAtFmr, fvcFnmrs } from "@sourceprint/core/metrics/fnmr-at-fmr.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { cumulativeMatch, identificationRates } from "@sourceprint/core/metrics/identification.js"
import type { Interval } from "@sourceprint/core/metrics/interval.js"
import { fitLogisticCalibration, logisticLlr } from "@sourceprint/core/metrics/log-likelihood-ratio.js"
import { rateInterval } from "@sourceprint/core/metrics/rate-interval.js"
import {
  meanStatistic,
  onSamples,
  type WeightedStatistic,
  weightedEer,
} from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { SetScores } from "./score-file.js"

export interface SetMetrics {
  readonly matcher: string
  readonly set: string
  readonly curve: ErrorCurve
  readonly eer: number
  /** By drawing fingers (or people) again, 95 %. */
  readonly eerInterval: Interval
  readonly fvc: ReturnType<typeof fvcFnmrs>
  readonly failureToEnrol: CountedRate
  /** Bits: after logistic calibration on these very scores (optimistic), and after the best monotone one. */
  readonly cllr: { readonly logistic: number; readonly min: number }
  /** At the threshold of FMR 1 %. */
  readonly atFmr100: ErrorRates
  readonly discard: DiscardCurve
  /** undefined where the protocol does not compare every template with every identity */
  readonly identification: Identification | undefined
  readonly enrolCpuMs: { readonly mean: number; readonly max: number }
  readonly compareCpuMs: number
}

/** Searches among `galleryCount` identities. */
export interface Identification {
  /** Share of mated searches whose mate is among the first 1, 2, … */
  readonly cmc: Float64Array
  readonly searchCount: number
  readonly galleryCount: number
  /** At the threshold that keeps FPIR at most 1 % on these very searches (optimistic). */
  readonly fpir: number
  readonly fnir: number
}

const TARGET_FPIR = 0.01

const scoresOf = (set: SetScores, genuine: boolean): Float64Array =>
  Float64Array.from(set.comparisons.filter((c) => c.genuine === genuine).map((c) => c.score))

const templateOf = (set: SetScores, place: number) => defined(set.templates[place], "template")

const designOf = (set: SetScores) => ({
  groups: set.comparisons.map((c) => templateOf(set, c.reference).identity),
  otherGroups: set.comparisons.map((c) => templateOf(set, c.probe).identity),
})

const eerStatistic = (set: SetScores): WeightedStatistic =>
  weightedEer({
    scores: Float64Array.from(set.comparisons, (c) => c.score),
    isGenuine: Uint8Array.from(set.comparisons, (c) => (c.genuine ? 1 : 0)),
  })

/** No comparison has a template on both sides: every score is a failure's 0, and no error rate says anything. */
export const isEmptySet = ({ templates, comparisons }: SetScores): boolean =>
  !comparisons.some((c) => templates[c.reference]?.failure === null && templates[c.probe]?.failure === null)

/** Of such a set: how many images failed, and why, commonest first. */
export function describeFailures({ matcher, set, templates }: SetScores): string {
  const reasons = [...countBy(templates, (t) => t.failure ?? "enrolled")].sort((a, b) => b[1] - a[1])
  return `${matcher} on ${set}: ${reasons.map(([reason, count]) => `${count} ${reason}`).join(", ")}`
}

/** Below this many fingers drawing them again says nothing: the interval is then the whole range. */
const MIN_IDENTITIES = 5
const NO_INTERVAL: Interval = { low: 0, high: 1, confidence: 0.95, method: "too few fingers to draw again" }

const identityCount = (set: Pick<SetScores, "templates">): number => new Set(set.templates.map((t) => t.identity)).size

function eerInterval(set: SetScores, seed: number): Interval {
  if (identityCount(set) < MIN_IDENTITIES) return NO_INTERVAL
  const design = { ...designOf(set), replicates: 500 }
  const statistic = eerStatistic(set)
  const [drawn] = bootstrapReplicates(design, [statistic], new Rng(seed).fork(`bootstrap/${set.set}`))
  const eer = statistic(new Float64Array(set.comparisons.length).fill(1))
  return rateInterval(eer, defined(drawn), identityCount(set)).interval
}

/** A finger that cannot be enrolled is one event, however many images of it there are. */
function failureToEnrol({ templates }: SetScores, seed: number): CountedRate {
  const groups = templates.map((t) => t.identity)
  const count = (weights: Float64Array, isCounted: (t: SetScores["templates"][number]) => boolean): number =>
    templates.reduce((sum, t, i) => sum + (isCounted(t) ? defined(weights[i]) : 0), 0)
  const failures = (weights: Float64Array): number => count(weights, ({ failure }) => failure !== null)
  const rate: WeightedStatistic = (weights) => failures(weights) / count(weights, () => true)
  const [drawn] = bootstrapReplicates({ groups }, [rate], new Rng(seed).fork("failures"))
  const once = new Float64Array(templates.length).fill(1)
  const { interval } = rateInterval(rate(once), defined(drawn), identityCount({ templates }))
  return countedRate(failures(once), templates.length, interval)
}

/** Figures of one matcher on one set; a failure to enrol scored 0 against all and is in every rate. */
export function setMetrics(set: SetScores, seed: number): SetMetrics {
  const [genuineScores, impostorScores] = [scoresOf(set, true), scoresOf(set, false)]
  const curve = errorCurve(genuineScores, impostorScores)
  const llr = logisticLlr(fitLogisticCalibration(genuineScores, impostorScores))
  const fmr100Threshold = fnmrAtFmr(curve, 0.01).threshold
  const genuine = set.comparisons.filter((c) => c.genuine)
  const times = set.templates.map((t) => t.cpuMs)
  return {
    matcher: set.matcher,
    set: set.set,
    curve,
    eer: equalErrorRate(curve),
    eerInterval: eerInterval(set, seed),
    fvc: fvcFnmrs(curve),
    failureToEnrol: failureToEnrol(set, seed),
    cllr: {
      logistic: cllr(genuineScores.map(llr), impostorScores.map(llr)),
      min: minCllr(genuineScores, impostorScores),
    },
    atFmr100: errorRatesAt(fmr100Threshold, genuineScores, impostorScores),
    discard: errorVersusDiscard(
      genuineScores,
      Float64Array.from(genuine, (c) =>
        Math.min(templateOf(set, c.reference).quality, templateOf(set, c.probe).quality),
      ),
      fmr100Threshold,
    ),
    identification: rankings(set),
    enrolCpuMs: { mean: times.reduce((a, b) => a + b, 0) / times.length, max: Math.max(...times) },
    compareCpuMs: set.compareCpuMs / set.comparisons.length,
  }
}

/** Identification from the scores at hand: every template is searched against the best other template of each identity,
 *  once with its own identity enrolled and once without; only where all of them were compared (all pairs). */
function rankings(set: SetScores): SetMetrics["identification"] {
  const identities = [...new Set(set.templates.map((t) => t.identity))]
  const place = new Map(identities.map((identity, i) => [identity, i]))
  const best = set.templates.map(() => new Float64Array(identities.length).fill(Number.NaN))
  const offer = (probe: number, reference: number, score: number): void => {
    const at = place.get(templateOf(set, reference).identity) ?? 0
    const scores = defined(best[probe])
    const known = scores[at] ?? Number.NaN
    scores[at] = Number.isNaN(known) ? score : Math.max(known, score)
  }
  for (const { reference, probe, score } of set.comparisons) {
    offer(probe, reference, score)
    offer(reference, probe, score)
  }
  const mated = set.templates.flatMap((t, i) => {
    const mate = place.get(t.identity) ?? -1
    const scores = defined(best[i])
    return scores.some(Number.isNaN) ? [] : [{ scores, mate }]
  })
  if (mated.length === 0 || identities.length < 2) return undefined
  const nonMated = mated.map(({ scores, mate }) => ({
    scores: scores.filter((_, i) => i !== mate),
    mate: -1,
  }))
  // The lowest threshold at which at most 1 % of the searches without a mate return anybody.
  const alarms = nonMated.map(({ scores }) => Math.max(...scores)).sort((a, b) => b - a)
  const allowed = defined(alarms[Math.floor(alarms.length * TARGET_FPIR)])
  const threshold = allowed + Math.max(Number.MIN_VALUE, Math.abs(allowed) * 1e-9)
  const rates = identificationRates([...mated, ...nonMated], threshold)
  const { rate } = cumulativeMatch(mated, Math.min(5, identities.length))
  return {
    cmc: rate,
    searchCount: mated.length,
    fpir: rates.fpir,
    fnir: rates.fnir,
    galleryCount: identities.length,
  }
}

/** Mean EER of one matcher over sets, with an interval by drawing the fingers of every set again. */
export function meanEer(sets: readonly SetScores[], seed: number): { value: number; interval: Interval } {
  let offset = 0
  const parts = sets.map((set) => {
    const samples = Uint32Array.from(set.comparisons, (_, i) => offset + i)
    offset += set.comparisons.length
    return onSamples(eerStatistic(set), samples)
  })
  const design = {
    groups: sets.flatMap((s) => designOf(s).groups.map((g) => `${s.set}/${g}`)),
    otherGroups: sets.flatMap((s) => designOf(s).otherGroups.map((g) => `${s.set}/${g}`)),
    strata: sets.flatMap((s) => s.comparisons.map(() => s.set)),
    replicates: 300,
  }
  const statistic = meanStatistic(parts)
  const value = statistic(new Float64Array(offset).fill(1))
  if (sets.some((set) => identityCount(set) < MIN_IDENTITIES)) return { value, interval: NO_INTERVAL }
  const [values] = bootstrapReplicates(design, [statistic], new Rng(seed).fork("bootstrap/mean"))
  const method = "bootstrap over the fingers of every set"
  const fingers = sets.reduce((sum, set) => sum + identityCount(set), 0)
  return { value, interval: rateInterval(value, defined(values), fingers, method).interval }
}
