import { basename, join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { readConditions } from "../conditions.js"
import { ExperimentConfig } from "../experiment-config.js"
import { readInterruptions } from "../interruptions.js"
import type { JobResult } from "../judged-rows.js"
import type { Configuration, PlanRecord, Task } from "../plan.js"
import { readFailure } from "../run-folder.js"
import type { NotedInterruption } from "../run-record.js"
import {
  type JobDone,
  type JobFailure,
  jobFolder,
  type RunEnvironment,
  readRunJson,
  readScores,
  runFile,
} from "../run-record.js"
import { environmentFile, jobDoneFile, jobMetricsFile, planFile, runMetricsFile } from "../run-schemas.js"
import type { RunMetrics } from "../run-summary.js"
import { readSearch, type SearchRecord, summariseJobs } from "../search/search-record.js"

export interface LoadedJob extends JobResult {
  readonly done: JobDone
}

/** A run folder in memory: what a report is made of. */
export interface LoadedRun {
  readonly folder: string
  readonly name: string
  readonly config: ExperimentConfig
  readonly environment: RunEnvironment
  readonly plan: PlanRecord
  /** finished jobs, in the order of the plan */
  readonly jobs: readonly LoadedJob[]
  readonly failures: readonly JobFailure[]
  readonly interruptions: readonly NotedInterruption[]
  /** of the finished run, or summed up from the jobs that are there */
  readonly metrics: RunMetrics
  /** of a search: its trials */
  readonly search?: SearchRecord
}

/** Reads a run. @throws AppError "report/no-run" where the folder is none, "report/no-job" where no job is finished,
 *  "run/damaged" */
export async function loadRun(folder: string, name: string = basename(folder)): Promise<LoadedRun> {
  const config = await readRunJson(runFile(folder, "config"), ExperimentConfig)
  const environment = await readRunJson(runFile(folder, "environment"), environmentFile)
  const plan = await readRunJson(runFile(folder, "plan"), planFile)
  if (config === undefined || environment === undefined || plan === undefined)
    throw new AppError("report/no-run", `${folder} is not a run; sourceprint experiment list names them`)
  const jobs: LoadedJob[] = []
  const failures: JobFailure[] = []
  for (const { id } of plan.cells) {
    const done = await readRunJson(join(jobFolder(folder, id), "done.json"), jobDoneFile)
    const metrics = await readRunJson(join(jobFolder(folder, id), "metrics.json"), jobMetricsFile)
    if (done !== undefined && metrics !== undefined) {
      const [scores, conditions] = [await readScores(folder, id), await readConditions(folder, metrics)]
      jobs.push({ done, metrics, scores, conditions })
      continue
    }
    const failure = await readFailure(folder, id)
    if (failure !== undefined) failures.push(failure)
  }
  if (jobs.length === 0) {
    const [first] = failures
    const failed = first === undefined ? "" : `; ${failures.length} failed, first: ${first.message}`
    throw new AppError("report/no-job", `no job of ${name} is finished${failed}`)
  }
  const stored = await readRunJson(runFile(folder, "metrics"), runMetricsFile)
  const begun = plan.arms.filter((configuration) => jobs.some(({ metrics }) => metrics.arm === configuration.id))
  const metrics = stored ?? summariseJobs(config, begun, plan.tasks, jobs)
  const interruptions = await readInterruptions(folder)
  const search = await readSearch(folder)
  const loaded = { folder, name, config, environment, plan, jobs, failures, interruptions, metrics }
  return search === undefined ? loaded : { ...loaded, search }
}

/** Configurations that have figures, the winner first, then by balanced accuracy. */
export function rankedConfigurations({
  metrics,
  plan,
}: LoadedRun): { readonly configuration: Configuration; readonly summary: RunMetrics["arms"][number] }[] {
  const rank = (id: string, balancedAccuracy: number): number => (id === metrics.winner.arm ? 2 : balancedAccuracy)
  return metrics.arms
    .flatMap((summary) => {
      const configuration = plan.arms.find(({ id }) => id === summary.arm)
      return configuration === undefined ? [] : [{ configuration, summary }]
    })
    .sort(
      (a, b) =>
        rank(b.configuration.id, b.summary.pooled.balancedAccuracy.value) -
        rank(a.configuration.id, a.summary.pooled.balancedAccuracy.value),
    )
}

/** Models that charts have: more lines than a legend can name say nothing. Tables have all. */
export const MOST_DRAWN = 12

/** What a section says where charts leave models out. */
export const drawnNote = (models: number): string =>
  models > MOST_DRAWN ? ` The charts have the best ${MOST_DRAWN} of ${models} models.` : ""

/** The jobs behind a configuration's figures; the control of a verification is in none of them, as in the summary. */
export function jobsOf({ jobs, plan: { tasks } }: LoadedRun, configuration: string): LoadedJob[] {
  const controls = new Set(tasks.filter(({ verification }) => verification?.splitUnit).map(({ id }) => id))
  return jobs.filter(({ metrics }) => metrics.arm === configuration && !controls.has(metrics.task))
}

/** Tasks without a scanner left out. */
export const closedTasks = ({ plan }: LoadedRun): readonly Task[] =>
  plan.tasks.filter(({ unseen }) => unseen === undefined)

export const isUnsafe = (configuration: Configuration): boolean => configuration.split.by === "unsafe-by-image"
