import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type { ExperimentConfig } from "../experiment-config.js"
import { type NotedInterruption, readInterruptions } from "../interruptions.js"
import type { CellResult } from "../judged-rows.js"
import type { Arm } from "../plan.js"
import { type PlanRecord, readFailure } from "../run-folder.js"
import {
  type CellDone,
  type CellFailure,
  type CellMetrics,
  cellFolder,
  type RunEnvironment,
  readJson,
  readScores,
  runFile,
} from "../run-record.js"
import { type RunMetrics, summariseRun } from "../run-summary.js"

export interface LoadedCell extends CellResult {
  readonly done: CellDone
}

/** A run folder in memory: what a report is made of. */
export interface LoadedRun {
  readonly folder: string
  readonly name: string
  readonly config: ExperimentConfig
  readonly environment: RunEnvironment
  readonly plan: PlanRecord
  /** finished cells, in the order of the plan */
  readonly cells: readonly LoadedCell[]
  readonly failures: readonly CellFailure[]
  readonly interruptions: readonly NotedInterruption[]
  /** of the finished run, or summed up from the cells that are there */
  readonly metrics: RunMetrics
}

/** Reads a run. @throws AppError "report/no-run" where the folder is none, "report/no-cell" where no cell is finished,
 *  "run/damaged" */
export async function loadRun(folder: string, name: string): Promise<LoadedRun> {
  const config = await readJson<ExperimentConfig>(runFile(folder, "config"))
  const environment = await readJson<RunEnvironment>(runFile(folder, "environment"))
  const plan = await readJson<PlanRecord>(runFile(folder, "plan"))
  if (config === undefined || environment === undefined || plan === undefined)
    throw new AppError("report/no-run", `${folder} is not a run; sourceprint experiment list names them`)
  const cells: LoadedCell[] = []
  const failures: CellFailure[] = []
  for (const { id } of plan.cells) {
    const done = await readJson<CellDone>(join(cellFolder(folder, id), "done.json"))
    const metrics = await readJson<CellMetrics>(join(cellFolder(folder, id), "metrics.json"))
    if (done !== undefined && metrics !== undefined) {
      cells.push({ done, metrics, scores: await readScores(folder, id) })
      continue
    }
    const failure = await readFailure(folder, id)
    if (failure !== undefined) failures.push(failure)
  }
  if (cells.length === 0) {
    const [first] = failures
    const failed = first === undefined ? "" : `; ${failures.length} failed, first: ${first.message}`
    throw new AppError("report/no-cell", `no cell of ${name} is finished${failed}`)
  }
  const stored = await readJson<RunMetrics>(runFile(folder, "metrics"))
  const begun = plan.arms.filter((arm) => cells.some(({ metrics }) => metrics.arm === arm.id))
  const metrics = stored ?? summariseRun(begun, plan.tasks, cells, config.winner)
  const interruptions = await readInterruptions(folder)
  return { folder, name, config, environment, plan, cells, failures, interruptions, metrics }
}

/** Arms that have figures, the winner first, then by balanced accuracy. */
export function rankedArms({
  metrics,
  plan,
}: LoadedRun): { readonly arm: Arm; readonly summary: RunMetrics["arms"][number] }[] {
  const rank = (id: string, balancedAccuracy: number): number =>
    id === metrics.winner.arm ? 2 : balancedAccuracy
  return metrics.arms
    .flatMap((summary) => {
      const arm = plan.arms.find(({ id }) => id === summary.arm)
      return arm === undefined ? [] : [{ arm, summary }]
    })
    .sort(
      (a, b) =>
        rank(b.arm.id, b.summary.pooled.balancedAccuracy.value) -
        rank(a.arm.id, a.summary.pooled.balancedAccuracy.value),
    )
}

/** Models that charts have: more lines than a legend can name say nothing. Tables have all. */
export const MOST_DRAWN = 12

/** What a section says where charts leave models out. */
export const drawnNote = (models: number): string =>
  models > MOST_DRAWN ? ` The charts have the best ${MOST_DRAWN} of ${models} models.` : ""

export const cellsOf = (run: LoadedRun, arm: string): LoadedCell[] =>
  run.cells.filter(({ metrics }) => metrics.arm === arm)

export const isUnsafe = (arm: Arm): boolean => arm.split.by === "unsafe-by-image"
