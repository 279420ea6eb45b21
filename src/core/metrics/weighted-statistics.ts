import { crossing } from "./equal-error-rate.js"
import { balancedAccuracy } from "./error-rates.js"

/** A figure of a sample in which sample k counts `weights[k]` times (weights are whole numbers >= 0 from a bootstrap,
 *  but any weight works). NaN where the weighted sample lacks a class. */
export type WeightedStatistic = (weights: Float64Array) => number

/** Scores of one system on samples 0..n-1, with the truth: 1 = target or genuine, 0 = impostor. */
export interface LabelledScores {
  readonly scores: Float64Array
  readonly isGenuine: Uint8Array
}

/** The two score sets that the other metrics take, in sample order. */
export function splitByTruth({ scores, isGenuine }: LabelledScores) {
  return {
    genuine: scores.filter((_, k) => isGenuine[k] === 1),
    impostor: scores.filter((_, k) => isGenuine[k] === 0),
  }
}

/** Sorted once, walked for every replicate: O(n) a call. */
interface Ranking {
  /** sample indices by falling score, NaN last */
  readonly order: Uint32Array
  /** endsTie[r] = 1 where the score changes after rank r; failures (NaN) form no tie and no point */
  readonly endsTie: Uint8Array
  /** number of samples whose score is a number */
  readonly numbers: number
  readonly isGenuine: Uint8Array
}

function rank({ scores, isGenuine }: LabelledScores): Ranking {
  if (scores.length !== isGenuine.length) throw new RangeError("scores and truths differ in length")
  const key = (k: number): number => (Number.isNaN(scores[k]) ? Number.NEGATIVE_INFINITY : scores[k])
  const order = Uint32Array.from(scores.keys()).sort((a, b) => {
    const byNumber = Number(Number.isNaN(scores[a])) - Number(Number.isNaN(scores[b]))
    return byNumber || (key(a) === key(b) ? 0 : key(b) > key(a) ? 1 : -1)
  })
  let numbers = 0
  for (const score of scores) if (!Number.isNaN(score)) numbers++
  const endsTie = new Uint8Array(numbers)
  for (let r = 0; r < numbers; r++) {
    endsTie[r] = r + 1 === numbers || scores[order[r]] !== scores[order[r + 1]] ? 1 : 0
  }
  return { order, endsTie, numbers, isGenuine }
}

function totals(isGenuine: Uint8Array, weights: Float64Array): { genuine: number; impostor: number } {
  let genuine = 0
  let impostor = 0
  for (let k = 0; k < weights.length; k++) {
    if (isGenuine[k] === 1) genuine += weights[k]
    else impostor += weights[k]
  }
  return { genuine, impostor }
}

/** The interpolated equal error rate of `equalErrorRate`, with weights. */
export function weightedEer(labelled: LabelledScores): WeightedStatistic {
  const { order, endsTie, numbers, isGenuine } = rank(labelled)
  return (weights) => {
    const all = totals(isGenuine, weights)
    if (all.genuine === 0 || all.impostor === 0) return Number.NaN
    let accepted = 0
    let falseMatches = 0
    let fmr = 0
    let fnmr = 1
    for (let r = 0; r < numbers; r++) {
      const k = order[r]
      if (isGenuine[k] === 1) accepted += weights[k]
      else falseMatches += weights[k]
      if (endsTie[r] === 0) continue
      const nextFmr = falseMatches / all.impostor
      const nextFnmr = (all.genuine - accepted) / all.genuine
      if (nextFmr >= nextFnmr) return crossing(fmr, fnmr, nextFmr, nextFnmr)
      fmr = nextFmr
      fnmr = nextFnmr
    }
    return crossing(fmr, fnmr, 1, 0)
  }
}

/** The area under the ROC of `areaUnderRoc`, with weights. */
export function weightedAuc(labelled: LabelledScores): WeightedStatistic {
  const { order, endsTie, numbers, isGenuine } = rank(labelled)
  return (weights) => {
    const all = totals(isGenuine, weights)
    if (all.genuine === 0 || all.impostor === 0) return Number.NaN
    let area = 0
    let above = 0 // genuine weight above the present tie
    let genuineTied = 0
    let impostorTied = 0
    let impostorsSeen = 0
    for (let r = 0; r < numbers; r++) {
      const k = order[r]
      if (isGenuine[k] === 1) genuineTied += weights[k]
      else impostorTied += weights[k]
      if (endsTie[r] === 0) continue
      area += impostorTied * (above + genuineTied / 2)
      above += genuineTied
      impostorsSeen += impostorTied
      genuineTied = 0
      impostorTied = 0
    }
    area += (all.impostor - impostorsSeen) * (above + (all.genuine - above) / 2)
    return area / (all.genuine * all.impostor)
  }
}

/** FMR, FNMR and balanced accuracy at fixed decisions (each sample may have had its own fold's threshold). */
export function weightedDecisionRates(accepted: Uint8Array, isGenuine: Uint8Array) {
  if (accepted.length !== isGenuine.length) throw new RangeError("decisions and truths differ in length")
  const rateAmong = (truth: number, decision: number): WeightedStatistic => {
    return (weights) => {
      let hits = 0
      let total = 0
      for (let k = 0; k < weights.length; k++) {
        if (isGenuine[k] !== truth) continue
        total += weights[k]
        if (accepted[k] === decision) hits += weights[k]
      }
      return hits / total
    }
  }
  const fmr = rateAmong(0, 1)
  const fnmr = rateAmong(1, 0)
  const ofBoth: WeightedStatistic = (weights) => balancedAccuracy({ fmr: fmr(weights), fnmr: fnmr(weights) })
  return { fmr, fnmr, balancedAccuracy: ofBoth }
}

/** Mean of several statistics on the same weights (balanced accuracy over targets). */
export const meanStatistic = (parts: readonly WeightedStatistic[]): WeightedStatistic => {
  return (weights) => parts.reduce((sum, part) => sum + part(weights), 0) / parts.length
}

/** A statistic of a part of the samples as a statistic of all: `samples[j]` is the whole-set index of the part's j. */
export function onSamples(part: WeightedStatistic, samples: Uint32Array): WeightedStatistic {
  const inner = new Float64Array(samples.length)
  return (weights) => {
    for (let j = 0; j < samples.length; j++) inner[j] = weights[samples[j]]
    return part(inner)
  }
}
