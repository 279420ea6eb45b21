import { readFileSync } from "node:fs"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { bootstrapReplicates, percentileInterval } from "@sourceprint/core/metrics/group-bootstrap.js"
import { fitLogisticCalibration } from "@sourceprint/core/metrics/log-likelihood-ratio.js"
import type { WeightedStatistic } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import { operatingRates } from "@sourceprint/match/operating-points.js"
import type { Scored } from "./set-scores.js"

/** Share of the impostor scores from which on their tail is taken for exponential. */
const tailShare = 0.003

/** `npm run bench -- operating-points rows.json`: thresholds for the named false-match rates from what `match-sets
 *  sound` wrote, chosen on the choosing fingers of every set; and for each set what the thresholds of the others do on
 *  its reporting fingers. */
export function run([path = "rows.json"]: readonly string[]): Promise<void> {
  const rows = JSON.parse(readFileSync(path, "utf8")) as Scored[]
  const choosing = rows.filter((row) => row.part === "choosing")
  const of = (genuine: boolean): Scored[] => choosing.filter((row) => row.genuine === genuine)
  const [genuine, impostor] = [of(true), of(false)]
  const points = operatingRates.map((fmr) => {
    const threshold = thresholdFor(impostor, fmr)()
    return {
      fmr,
      threshold: round(threshold),
      thresholdInterval: drawnAgain(impostor, (scored) => thresholdFor(scored, fmr)),
      fnmr: round(rejectedShare(genuine, threshold)()),
      fnmrInterval: drawnAgain(genuine, (scored) => rejectedShare(scored, threshold)),
      extrapolated: impostor.length * fmr < 3,
    }
  })
  const scoresOf = (scored: readonly Scored[]): Float64Array => Float64Array.from(scored, (row) => row.score)
  const { slope, offset } = fitLogisticCalibration(scoresOf(genuine), scoresOf(impostor))
  const llr = { slope: round(slope), offset: round(offset) }
  console.log(JSON.stringify({ genuine: genuine.length, impostor: impostor.length, llr, points }, undefined, 2))
  for (const line of leftOut(rows)) console.log(line.text)
  return Promise.resolve()
}

const round = (value: number): number => Number(value.toPrecision(4))

/** The lowest threshold that at most the share `fmr` of the scores reaches, and not below what an exponential tail
 *  says; the tail alone where fewer than three scores would lie above it. Weights count scores several times. */
function thresholdFor(scored: readonly Scored[], fmr: number): (weights?: Float64Array) => number {
  const order = Array.from(scored.keys()).sort((p, q) => scored[q].score - scored[p].score)
  return (weights) => {
    const weightOf = (k: number): number => weights?.[k] ?? 1
    const total = scored.reduce((sum, _, k) => sum + weightOf(k), 0)
    const reachedBy = (share: number): number => {
      let above = 0
      for (const k of order) {
        above += weightOf(k)
        if (above > share * total) return scored[k].score + 1e-9
      }
      return 0
    }
    const seen = reachedBy(fmr)
    if (fmr > tailShare || total * fmr > 100) return seen
    const from = reachedBy(tailShare)
    let excess = 0
    let count = 0
    for (const k of order) {
      if (scored[k].score < from) break
      excess += weightOf(k) * (scored[k].score - from)
      count += weightOf(k)
    }
    const continued = from + (excess / Math.max(1, count)) * Math.log(tailShare / fmr)
    return total * fmr < 3 ? continued : Math.max(seen, continued)
  }
}

const rejectedShare =
  (scored: readonly Scored[], threshold: number): ((weights?: Float64Array) => number) =>
  (weights) => {
    let rejected = 0
    let total = 0
    for (const [k, { score }] of scored.entries()) {
      const weight = weights?.[k] ?? 1
      total += weight
      if (score < threshold) rejected += weight
    }
    return rejected / total
  }

/** 95 % by drawing the fingers of every set again. */
function drawnAgain(
  scored: readonly Scored[],
  statistic: (scored: readonly Scored[]) => WeightedStatistic,
): readonly [number, number] {
  const design = {
    groups: scored.map((row) => row.fingers[0]),
    otherGroups: scored.map((row) => row.fingers[1]),
    replicates: 100,
  }
  const [values] = bootstrapReplicates(design, [statistic(scored)], new Rng("fingers again"))
  const { interval } = percentileInterval(values)
  return [round(interval.low), round(interval.high)]
}

/** What thresholds chosen on every other set do on the reporting fingers of each. */
export function leftOut(rows: readonly Scored[]): { fmr: number; set: string; observed: number; text: string }[] {
  return operatingRates.flatMap((fmr) =>
    [...new Set(rows.map((row) => row.set))].map((set) => {
      const chosen = rows.filter((row) => row.set !== set && row.part === "choosing" && !row.genuine)
      const threshold = thresholdFor(chosen, fmr)()
      const own = rows.filter((row) => row.set === set && row.part === "reporting")
      const impostor = own.filter((row) => !row.genuine)
      const reached = impostor.filter((row) => row.score >= threshold).length
      const { low, high } = clopperPearsonInterval(reached, impostor.length)
      const genuine = own.filter((row) => row.genuine)
      const fnmr = rejectedShare(genuine, threshold)()
      const percent = (rate: number): string => `${Number((100 * rate).toPrecision(3))} %`
      const text =
        `promised FMR ${percent(fmr)}, ${set}: observed ${percent(reached / impostor.length)} ` +
        `[${percent(low)}, ${percent(high)}] (${reached} of ${impostor.length}), FNMR ${percent(fnmr)} ` +
        `(of ${genuine.length}) at ${threshold.toFixed(2)}`
      return { fmr, set, observed: reached / impostor.length, text }
    }),
  )
}
