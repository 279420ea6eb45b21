import { checkScoreSets } from "./error-rates.js"
import { isotonicFit } from "./isotonic.js"

/** Natural-log likelihood ratio ln p(score | genuine) / p(score | impostor): 0 says nothing, above 0 speaks for
 *  genuine. A map is learnt on one set and applied to others. */
export type LlrMap = (score: number) => number

/** ln(a straight line): llr = slope × score + offset. */
export interface LogisticCalibration {
  readonly slope: number
  readonly offset: number
}

/** Logistic regression with both classes given equal total weight, so that the answer is a likelihood ratio and not a
 *  posterior of the training mixture (Brümmer and du Preez 2006). Targets are Platt's (1999) smoothed ones, (n + 1) /
 *  (n + 2), which keeps the slope finite on separable scores. Newton with step halving on standardised scores.
 *  @throws RangeError for an empty set or a score that is not finite */
export function fitLogisticCalibration(genuine: Float64Array, impostor: Float64Array): LogisticCalibration {
  checkScoreSets(genuine, impostor)
  const all = [...genuine, ...impostor]
  if (!all.every(Number.isFinite)) throw new RangeError("a score is not finite: leave failures out and count them")
  const mean = all.reduce((sum, score) => sum + score, 0) / all.length
  const deviation = Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length) || 1
  const classes = [
    {
      scores: genuine.map((s) => (s - mean) / deviation),
      target: (genuine.length + 1) / (genuine.length + 2),
    },
    { scores: impostor.map((s) => (s - mean) / deviation), target: 1 / (impostor.length + 2) },
  ]
  const loss = (slope: number, offset: number): number => {
    let sum = 0
    for (const { scores, target } of classes) {
      for (const s of scores) {
        const llr = slope * s + offset
        sum += (target * softplus(-llr) + (1 - target) * softplus(llr)) / scores.length
      }
    }
    return sum
  }
  let slope = 0
  let offset = 0
  for (let round = 0; round < 100; round++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-12, 0, 1e-12]
    for (const { scores, target } of classes) {
      for (const s of scores) {
        const p = 1 / (1 + Math.exp(-(slope * s + offset)))
        const error = (p - target) / scores.length
        const curvature = (p * (1 - p)) / scores.length
        g0 += error * s
        g1 += error
        h00 += curvature * s * s
        h01 += curvature * s
        h11 += curvature
      }
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 0)) break
    const ds = (h11 * g0 - h01 * g1) / determinant
    const dOffset = (h00 * g1 - h01 * g0) / determinant
    const before = loss(slope, offset)
    let step = 1
    while (step > 1e-10 && loss(slope - step * ds, offset - step * dOffset) > before) step /= 2
    slope -= step * ds
    offset -= step * dOffset
    if (Math.abs(ds) + Math.abs(dOffset) < 1e-12) break
  }
  return { slope: slope / deviation, offset: offset - (slope * mean) / deviation }
}

export const logisticLlr =
  ({ slope, offset }: LogisticCalibration): LlrMap =>
  (score) =>
    slope * score + offset

const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))

/** The optimal monotone calibration of these very scores, by pooling adjacent violators (Brümmer and du Preez 2006,
 *  section 5). ±Infinity where one class alone is seen. Answers with one value a score, in the order given.
 *  @throws RangeError for an empty set or +Infinity; NaN counts as the lowest score */
export function isotonicLlrs(genuine: Float64Array, impostor: Float64Array) {
  checkScoreSets(genuine, impostor)
  const n = genuine.length + impostor.length
  const score = new Float64Array(n)
  score.set(genuine)
  score.set(impostor, genuine.length)
  for (let k = 0; k < n; k++) if (Number.isNaN(score[k])) score[k] = Number.NEGATIVE_INFINITY
  const order = Uint32Array.from(score.keys()).sort((a, b) => (score[a] === score[b] ? 0 : score[a] - score[b]))
  const share: number[] = []
  const size: number[] = []
  const tieOf = new Uint32Array(n)
  order.forEach((k, place) => {
    if (place === 0 || score[k] !== score[order[place - 1]]) {
      share.push(0)
      size.push(0)
    }
    const tie = share.length - 1
    tieOf[k] = tie
    size[tie]++
    if (k < genuine.length) share[tie]++
  })
  const fit = isotonicFit(
    Float64Array.from(share, (hits, tie) => hits / size[tie]),
    Float64Array.from(size),
  )
  const prior = Math.log(genuine.length / impostor.length)
  const llr = Float64Array.from(tieOf, (tie) => Math.log(fit[tie] / (1 - fit[tie])) - prior)
  return { genuine: llr.slice(0, genuine.length), impostor: llr.slice(genuine.length) }
}
