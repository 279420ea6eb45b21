import { contentId } from "@sourceprint/core/canonical-json.js"
import { defined } from "@sourceprint/core/defined.js"
import { brierScore } from "@sourceprint/core/metrics/brier.js"
import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import { rateInterval } from "@sourceprint/core/metrics/rate-interval.js"
import {
  type LabelledScores,
  meanStatistic,
  onSamples,
  splitByTruth,
  type WeightedStatistic,
  weightedAuc,
  weightedDecisionRates,
  weightedEer,
} from "@sourceprint/core/metrics/weighted-statistics.js"
import type { Configuration } from "./plan.js"
import type { ConditionScore, JobMetrics, JobScore, Side } from "./run-record.js"

/** Figures of a set of images, with intervals from drawing whole fingers again. */
export interface IntervalFigures {
  readonly balancedAccuracy: BootstrapResult
  readonly eer: BootstrapResult
  readonly auc: BootstrapResult
  /** Decisions at each job's own threshold from dev; the interval is over fingers, the counts are of images. */
  readonly fmr: CountedRate
  readonly fnmr: CountedRate
  readonly brier: number
  readonly ece: number
}

/** One finished job as the summary needs it. */
export interface JobResult {
  readonly metrics: JobMetrics
  /** In the job's own order. */
  readonly scores: readonly JobScore[]
  readonly conditions?: readonly ConditionScore[]
}

/** Rows of one side of a configuration, in an order that only depends on what was asked. */
export interface ConfigurationRows extends LabelledScores {
  readonly configuration: Configuration
  readonly jobs: readonly JobResult[]
  readonly accepted: Uint8Array
  readonly groups: readonly string[]
  readonly strata: readonly string[]
  readonly tasks: readonly string[]
  /** Names the images and their order. */
  readonly key: string
}

export function rowsOf(configuration: Configuration, jobs: readonly JobResult[], wanted: Side): ConfigurationRows {
  const sorted = [...jobs].sort((a, b) => {
    const [x, y] = [a.metrics, b.metrics]
    return x.task < y.task ? -1 : x.task > y.task ? 1 : x.seed - y.seed || x.fold - y.fold
  })
  const rows = sorted.flatMap(({ metrics, scores }) =>
    scores
      .filter(({ side }) => side === wanted)
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map((row) => ({ ...row, metrics })),
  )
  return {
    configuration,
    jobs: sorted,
    scores: Float64Array.from(rows, ({ score }) => score),
    isGenuine: Uint8Array.from(rows, ({ label }) => label),
    accepted: Uint8Array.from(rows, ({ score, metrics }) => (score >= metrics.threshold.threshold ? 1 : 0)),
    groups: rows.map(({ group }) => group),
    strata: strataOf(rows),
    tasks: rows.map(({ metrics }) => metrics.task),
    key: contentId(rows.map(({ path, metrics }) => [metrics.task, metrics.seed, path])),
  }
}

/** The scanners that each row's finger was seen on: fingers are drawn within such a set. */
export function strataOf(rows: readonly Pick<JobScore, "group" | "scanner">[]): string[] {
  const seen = new Map<string, Set<string>>()
  for (const { group, scanner } of rows) seen.set(group, (seen.get(group) ?? new Set()).add(scanner))
  const names = new Map([...seen].map(([group, scanners]) => [group, [...scanners].sort().join("|")]))
  return rows.map(({ group }) => names.get(group) ?? "")
}

const part = (rows: ConfigurationRows, indexes: Uint32Array) => ({
  scores: Float64Array.from(indexes, (i) => defined(rows.scores[i])),
  isGenuine: Uint8Array.from(indexes, (i) => defined(rows.isGenuine[i])),
  accepted: Uint8Array.from(indexes, (i) => defined(rows.accepted[i])),
  groups: Array.from(indexes, (i) => defined(rows.groups[i])),
})

export interface FiveStatistics {
  readonly balancedAccuracy: WeightedStatistic
  readonly eer: WeightedStatistic
  readonly auc: WeightedStatistic
  readonly fmr: WeightedStatistic
  readonly fnmr: WeightedStatistic
}
/** In the order of their replicates. */
export const FIVE = ["balancedAccuracy", "eer", "auc", "fmr", "fnmr"] as const

function statisticsOf(rows: Judged["rows"]): FiveStatistics {
  return {
    ...weightedDecisionRates(rows.accepted, rows.isGenuine),
    eer: weightedEer(rows),
    auc: weightedAuc(rows),
  }
}

/** A set of rows (all, or of one task) of one configuration, with its statistics on the whole configuration's
 *  weights. */
export interface Judged {
  readonly rows: Pick<ConfigurationRows, "scores" | "isGenuine" | "accepted" | "groups">
  readonly statistics: FiveStatistics
}

export function judgedSets(rows: ConfigurationRows): { pooled: Judged; tasks: Map<string, Judged> } {
  const tasks = new Map(
    [...new Set(rows.tasks)].map((task) => {
      const indexes = Uint32Array.from(rows.tasks.flatMap((name, i) => (name === task ? [i] : [])))
      const own = part(rows, indexes)
      const five = statisticsOf(own)
      const statistics: FiveStatistics = {
        balancedAccuracy: onSamples(five.balancedAccuracy, indexes),
        eer: onSamples(five.eer, indexes),
        auc: onSamples(five.auc, indexes),
        fmr: onSamples(five.fmr, indexes),
        fnmr: onSamples(five.fnmr, indexes),
      }
      return [task, { rows: own, statistics }] as const
    }),
  )
  const perTask = [...tasks.values()].map(({ statistics }) => statistics.balancedAccuracy)
  const pooled = { ...statisticsOf(rows), balancedAccuracy: meanStatistic(perTask) }
  return { pooled: { rows, statistics: pooled }, tasks }
}

/** Figures with the intervals of `rateInterval`. Where drawing fingers shows no spread, the balanced accuracy lies
 *  between what the intervals of FMR and FNMR leave, and EER and AUC count the fingers of the smaller class.
 *  @param replicates by the names of FIVE */
export function figuresOf(
  { rows, statistics }: Judged,
  weights: Float64Array,
  replicates: readonly Float64Array[],
): IntervalFigures {
  const { genuine, impostor } = splitByTruth(rows)
  const fingers = (truth: number): number => new Set(rows.groups.filter((_, i) => rows.isGenuine[i] === truth)).size
  const smaller = Math.min(fingers(0), fingers(1))
  const figure = (name: (typeof FIVE)[number], count: number): BootstrapResult =>
    rateInterval(statistics[name](weights), defined(replicates[FIVE.indexOf(name)]), count)
  const [fmr, fnmr] = [figure("fmr", fingers(0)), figure("fnmr", fingers(1))]
  const balancedAccuracy = figure("balancedAccuracy", smaller)
  const left = {
    ...balancedAccuracy.interval,
    low: 1 - (fmr.interval.high + fnmr.interval.high) / 2,
    high: 1 - (fmr.interval.low + fnmr.interval.low) / 2,
    method: `FMR: ${fmr.interval.method}; FNMR: ${fnmr.interval.method}`,
  }
  const errors = (truth: number, decision: number): number =>
    rows.accepted.reduce((n, accepted, i) => n + (rows.isGenuine[i] === truth && accepted === decision ? 1 : 0), 0)
  return {
    balancedAccuracy: balancedAccuracy.degenerate ? { ...balancedAccuracy, interval: left } : balancedAccuracy,
    eer: figure("eer", smaller),
    auc: figure("auc", smaller),
    fmr: countedRate(errors(0, 1), impostor.length, fmr.interval),
    fnmr: countedRate(errors(1, 0), genuine.length, fnmr.interval),
    brier: brierScore(genuine, impostor),
    ece: reliability(genuine, impostor).ece,
  }
}
