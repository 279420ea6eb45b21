import { defined } from "@sourceprint/core/defined.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { differenceOf, type PairedDifference } from "@sourceprint/core/metrics/paired-bootstrap.js"
import { type Repeats, summariseRepeats } from "@sourceprint/core/metrics/repeats.js"
import { Rng } from "@sourceprint/core/rng.js"
import { chooseWinner, type Winner } from "./choose-winner.js"
import { conditionFigures } from "./conditions.js"
import type { WinnerConfig } from "./experiment-config.js"
import { FIVE, figuresOf, type IntervalFigures, type JobResult, judgedSets, rowsOf } from "./judged-rows.js"
import type { Configuration, Task } from "./plan.js"
import type { ConditionFigures } from "./run-record.js"
import type { VerificationTask } from "./verification-tasks.js"

export interface TaskSummary extends IntervalFigures {
  readonly task: string
  readonly target: string
}

export interface ConfigurationSummary {
  readonly arm: string
  readonly label: string
  readonly cells: number
  readonly parameterCount: number
  /** All tasks, folds and seeds in one: balanced accuracy is the mean over the tasks, the rest is pooled. */
  readonly pooled: IntervalFigures
  readonly tasks: readonly TaskSummary[]
  /** Balanced accuracy of each seed, mean over tasks and folds; absent with a single seed. */
  readonly seeds?: Repeats
  /** Configurations with the same letter were judged on the same images and compare image by image. */
  readonly evalSet: string
  /** Scanners never seen, handled and forged images, all jobs in one; absent where the run judged none. */
  readonly conditions?: readonly ConditionFigures[]
  /** Of a verification: figures by number of enrolment images, then the control; absent for other tasks. */
  readonly verification?: readonly VerificationFigures[]
}

/** Every trial of every target with so many enrolment images, all folds and seeds in one. */
export interface VerificationFigures extends VerificationTask, Omit<IntervalFigures, "brier" | "ece"> {}

export interface Comparison {
  readonly first: string
  readonly second: string
  /** Figures of the first minus those of the second, on the same draws of fingers. */
  readonly balancedAccuracy: PairedDifference
  readonly eer: PairedDifference
  /** Absent in runs before 0.3.0. */
  readonly auc?: PairedDifference
}

export interface RunMetrics {
  readonly arms: readonly ConfigurationSummary[]
  /** The winner against every configuration on the same images. */
  readonly comparisons: readonly Comparison[]
  readonly winner: Winner
}

const ofConfiguration = (jobs: readonly JobResult[], { id }: Configuration): JobResult[] =>
  jobs.filter(({ metrics }) => metrics.arm === id)

/** Intervals, comparisons and the winner of a finished run. Pure and seeded: the same jobs give the same bytes. The
 *  control of a verification has figures of its own and is in no other. */
export function summariseRun(
  configurations: readonly Configuration[],
  tasks: readonly Task[],
  allJobs: readonly JobResult[],
  rule: WinnerConfig,
): RunMetrics {
  const controls = new Set(tasks.filter(({ verification }) => verification?.splitUnit).map(({ id }) => id))
  const jobs = allJobs.filter(({ metrics }) => !controls.has(metrics.task))
  const rowsOfConfigurations = configurations.map((configuration) =>
    rowsOf(configuration, ofConfiguration(jobs, configuration), "eval"),
  )
  const keys = [...new Set(rowsOfConfigurations.map(({ key }) => key))]
  const summaries = new Map<string, ConfigurationSummary>()
  const replicatesOf = new Map<string, readonly Float64Array[]>()
  for (const [index, key] of keys.entries()) {
    const group = rowsOfConfigurations.filter((rows) => rows.key === key)
    const judged = group.map((rows) => ({ rows, ...judgedSets(rows) }))
    const sets = judged.map(({ pooled, tasks: perTask }) => [pooled, ...perTask.values()])
    const statistics = sets.flat().flatMap((set) => FIVE.map((name) => set.statistics[name]))
    const { groups, strata } = defined(group[0])
    const replicates = bootstrapReplicates({ groups, strata }, statistics, new Rng("run summary"))
    const weights = new Float64Array(groups.length).fill(1)
    let at = 0
    const next = (): Float64Array[] => {
      at += FIVE.length
      return replicates.slice(at - FIVE.length, at)
    }
    for (const { rows, pooled, tasks: perTask } of judged) {
      const pooledReplicates = next()
      replicatesOf.set(rows.configuration.id, pooledReplicates)
      summaries.set(rows.configuration.id, {
        arm: rows.configuration.id,
        label: rows.configuration.label,
        cells: rows.jobs.length,
        parameterCount: Math.max(...rows.jobs.map(({ metrics }) => metrics.model.parameterCount)),
        pooled: figuresOf(pooled, weights, pooledReplicates),
        tasks: [...perTask].map(([task, set]) => ({
          task,
          target: tasks.find(({ id }) => id === task)?.target ?? task,
          ...figuresOf(set, weights, next()),
        })),
        ...seedRepeats(rows.jobs),
        evalSet: String.fromCharCode(65 + (index % 26)),
        ...conditionsOf(rows.jobs, tasks),
        ...verificationOf(rows.configuration, ofConfiguration(allJobs, rows.configuration), tasks),
      })
    }
  }
  const all = configurations.flatMap(({ id }) => summaries.get(id) ?? [])
  const winner = chooseWinner(configurations, jobs, rule)
  const own = summaries.get(winner.arm)
  const comparisons = all.flatMap((other) =>
    own === undefined || other === own || other.evalSet !== own.evalSet ? [] : compare(own, other, replicatesOf),
  )
  return { arms: all, comparisons, winner }
}

function verificationOf(
  configuration: Configuration,
  jobs: readonly JobResult[],
  tasks: readonly Task[],
): { verification?: VerificationFigures[] } {
  const kinds = new Map(
    tasks.flatMap(({ verification }) => (verification ? [[JSON.stringify(verification), verification] as const] : [])),
  )
  const figures = [...kinds].flatMap(([key, kind]): VerificationFigures[] => {
    const own = new Set(tasks.flatMap((task) => (JSON.stringify(task.verification) === key ? [task.id] : [])))
    const rows = rowsOf(
      configuration,
      jobs.filter(({ metrics }) => own.has(metrics.task)),
      "eval",
    )
    if (rows.jobs.length === 0) return []
    const { pooled } = judgedSets(rows)
    const statistics = FIVE.map((name) => pooled.statistics[name])
    const replicates = bootstrapReplicates(rows, statistics, new Rng(`verification/${key}`))
    const weights = new Float64Array(rows.groups.length).fill(1)
    const { balancedAccuracy, eer, auc, fmr, fnmr } = figuresOf(pooled, weights, replicates)
    return [{ ...kind, balancedAccuracy, eer, auc, fmr, fnmr }]
  })
  const inOrder = figures.sort(
    (a, b) => Number(a.splitUnit ?? 0) - Number(b.splitUnit ?? 0) || a.enrolmentImages - b.enrolmentImages,
  )
  return inOrder.length === 0 ? {} : { verification: inOrder }
}

function conditionsOf(
  jobs: readonly JobResult[],
  tasks: readonly Task[],
): Pick<ConfigurationSummary, "conditions"> | object {
  const rows = jobs.flatMap(({ metrics, conditions = [] }) => {
    const target = tasks.find(({ id }) => id === metrics.task)?.target ?? metrics.task
    return conditions.map((row) => ({ ...row, target, accepted: row.score >= metrics.threshold.threshold }))
  })
  return rows.length === 0 ? {} : { conditions: conditionFigures(rows) }
}

function seedRepeats(jobs: readonly JobResult[]): { seeds?: Repeats } {
  const seeds = [...new Set(jobs.map(({ metrics }) => metrics.seed))].sort((a, b) => a - b)
  if (seeds.length < 2) return {}
  const mean = (seed: number): number => {
    const own = jobs.filter(({ metrics }) => metrics.seed === seed)
    return own.reduce((sum, { metrics }) => sum + metrics.eval.balancedAccuracy, 0) / own.length
  }
  return { seeds: summariseRepeats(seeds.map(mean)) }
}

function compare(
  a: ConfigurationSummary,
  b: ConfigurationSummary,
  replicates: ReadonlyMap<string, readonly Float64Array[]>,
): Comparison {
  const drawn = ({ arm }: ConfigurationSummary, i: number) => defined(replicates.get(arm)?.[i])
  return {
    first: a.arm,
    second: b.arm,
    balancedAccuracy: differenceOf(
      a.pooled.balancedAccuracy.value - b.pooled.balancedAccuracy.value,
      drawn(a, 0),
      drawn(b, 0),
    ),
    eer: differenceOf(a.pooled.eer.value - b.pooled.eer.value, drawn(a, 1), drawn(b, 1)),
    auc: differenceOf(a.pooled.auc.value - b.pooled.auc.value, drawn(a, 2), drawn(b, 2)),
  }
}
