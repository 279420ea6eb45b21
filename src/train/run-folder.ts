import { readdir, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { systemCode, systemFault } from "@sourceprint/core/files/system-fault.js"
import type { z } from "zod"
import { readConditions } from "./conditions.js"
import { ExperimentConfig, pluginsOf } from "./experiment-config.js"
import type { JobResult } from "./judged-rows.js"
import type { ExperimentPlan, JobSpec, PlanRecord } from "./plan.js"
import { keepPlugins } from "./plugins/plugin-record.js"
import { requireSameIdentity } from "./run-environment.js"
import { readNotes } from "./run-notes.js"
import {
  type JobFailure,
  jobFolder,
  type RunEnvironment,
  readRunJson,
  readScores,
  runFile,
  writeJson,
} from "./run-record.js"
import { environmentFile, jobFailureFile, jobMetricsFile, listedRun } from "./run-schemas.js"

/** What names a run: all of the configuration but how the work is done. */
const identityOf = ({ run: _, engine: __, ...identity }: ExperimentConfig): object => identity

export const runNameOf = (config: ExperimentConfig): string => `${config.name}-${contentId(identityOf(config), 8)}`

/** Opens the run's folder or makes it. @throws AppError "run/identity" where it began under other circumstances */
export async function openRun(
  runFolder: string,
  plan: ExperimentPlan,
  environment: RunEnvironment,
): Promise<{ readonly environment: RunEnvironment; readonly isNew: boolean }> {
  const config = identityOf(plan.config)
  const before = await readRunJson(runFile(runFolder, "environment"), environmentFile)
  if (before !== undefined) {
    const stored = await readRunJson(runFile(runFolder, "config"), ExperimentConfig)
    const storedIdentity = stored === undefined ? undefined : identityOf(stored)
    const now = { environment, config: JSON.parse(JSON.stringify(config)) }
    requireSameIdentity(runFolder, { environment: before, config: storedIdentity }, now)
    return { environment: before, isNew: false }
  }
  await writeJson(runFile(runFolder, "config"), plan.config)
  await writePlan(runFolder, plan)
  await keepPlugins(runFolder, pluginsOf(plan.config))
  await writeJson(runFile(runFolder, "environment"), environment) // last: a folder that has it is whole
  return { environment, isNew: true }
}

export const writePlan = (runFolder: string, plan: ExperimentPlan): Promise<string> =>
  writeJson(runFile(runFolder, "plan"), planRecord(plan))

const planRecord = ({ configurations, tasks, jobs }: ExperimentPlan): PlanRecord => ({
  arms: configurations,
  tasks,
  cells: jobs.map(({ id, configuration: arm, task, fold, seed }) => ({
    id,
    arm: arm.id,
    task: task.id,
    fold,
    seed,
  })),
})

export type JobState = "finished" | "failed" | "started" | "waiting"

/** The state of each job by what lies in its folder. */
export async function jobStates(
  runFolder: string,
  jobs: readonly Pick<JobSpec, "id">[],
): Promise<Map<string, JobState>> {
  const begun = new Set(await readdir(join(runFolder, "cells")).catch(() => []))
  const states = new Map<string, JobState>()
  for (const { id } of jobs) {
    if (!begun.has(id)) states.set(id, "waiting")
    else {
      const has = async (name: string): Promise<boolean> =>
        (await stat(join(jobFolder(runFolder, id), name)).catch(() => undefined)) !== undefined
      states.set(id, (await has("done.json")) ? "finished" : (await has("failure.json")) ? "failed" : "started")
    }
  }
  return states
}

export const writeFailure = (runFolder: string, failure: JobFailure): Promise<string> =>
  writeJson(join(jobFolder(runFolder, failure.cell), "failure.json"), failure)

export const readFailure = (runFolder: string, jobId: string): Promise<JobFailure | undefined> =>
  readRunJson(join(jobFolder(runFolder, jobId), "failure.json"), jobFailureFile)

/** Metrics and scores of finished jobs. @throws AppError "run/damaged" */
export async function readResults(runFolder: string, jobs: readonly Pick<JobSpec, "id">[]): Promise<JobResult[]> {
  const results: JobResult[] = []
  for (const { id } of jobs) {
    const path = join(jobFolder(runFolder, id), "metrics.json")
    const metrics = await readRunJson(path, jobMetricsFile)
    if (metrics === undefined) throw new AppError("run/damaged", `${path} is missing; delete ${id} and run again`)
    const conditions = await readConditions(runFolder, metrics)
    results.push({ metrics, scores: await readScores(runFolder, id), conditions })
  }
  return results
}

export interface RunListing {
  readonly name: string
  readonly experiment: string
  readonly createdAt: string
  readonly engine: string
  readonly finished: number
  readonly failed: number
  readonly cells: number
  /** All jobs are finished and the summary is written. */
  readonly isFinished: boolean
  /** What people said of it; see `run-notes.ts`. */
  readonly title?: string
  readonly tags: readonly string[]
}

/** The runs of a folder, and those of which a file is broken. */
export interface RunList {
  readonly runs: readonly RunListing[]
  readonly damaged: readonly { readonly name: string; readonly reason: string }[]
}

/** Every run below `runsFolder`, oldest first. A folder without environment.json is not a run, nor is a file or what
 *  is hidden. A folder that does not exist has none.
 *  @throws AppError "run/folder" where it cannot be read */
export async function listRuns(runsFolder: string): Promise<RunList> {
  const entries = await readdir(runsFolder).catch((cause) => {
    if (systemCode(cause) === "ENOENT") return []
    throw new AppError("run/folder", `cannot read ${runsFolder}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  })
  const runs: RunListing[] = []
  const damaged: { name: string; reason: string }[] = []
  for (const name of entries.filter((entry) => !isHidden(entry))) {
    if (!(await stat(join(runsFolder, name)).catch(() => undefined))?.isDirectory()) continue
    try {
      const run = await describeRun(runsFolder, name)
      if (run !== undefined) runs.push(run)
    } catch (error) {
      damaged.push({ name, reason: messageOf(error) })
    }
  }
  runs.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.name < b.name ? -1 : 1))
  return { runs, damaged: damaged.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** One run in a line; undefined where the folder is none. @throws AppError "run/damaged" */
export async function describeRun(runsFolder: string, name: string): Promise<RunListing | undefined> {
  const folder = join(runsFolder, name)
  const environment = await readRunJson(runFile(folder, "environment"), listedRun.environment)
  if (environment === undefined) return undefined // written last: what lacks it never began
  const config = await readRunJson(runFile(folder, "config"), listedRun.config)
  return config && (await listingOf(folder, name, environment, config))
}

/** The same of a run whose environment and configuration are known. @throws AppError "run/damaged" */
export async function listingOf(
  folder: string,
  name: string,
  environment: z.infer<typeof listedRun.environment>,
  config: z.infer<typeof listedRun.config>,
): Promise<RunListing | undefined> {
  const plan = await readRunJson(runFile(folder, "plan"), listedRun.plan)
  if (plan === undefined) return undefined
  const { title, tags } = await readNotes(folder)
  const isFinished = (await stat(runFile(folder, "metrics")).catch(() => undefined)) !== undefined
  const states = isFinished ? [] : [...(await jobStates(folder, plan.cells)).values()]
  const count = (state: JobState): number => states.filter((other) => other === state).length
  return {
    name,
    experiment: config.name,
    createdAt: environment.createdAt,
    engine: environment.engine.name,
    finished: isFinished ? plan.cells.length : count("finished"),
    failed: count("failed"),
    cells: plan.cells.length,
    isFinished,
    ...(title === undefined ? {} : { title }),
    tags,
  }
}

/** Removes a run for good, with everything in it, also a damaged one. Renamed first, so that a kill leaves no half run.
 *  @throws AppError "run/unknown" */
export async function deleteRun(runsFolder: string, name: string): Promise<void> {
  const { runs, damaged } = await listRuns(runsFolder)
  const known = [...runs, ...damaged].map((run) => run.name)
  if (!known.includes(name)) {
    throw new AppError("run/unknown", `${runsFolder} has no run "${name}"; it has ${known.join(", ") || "none"}`)
  }
  const doomed = join(runsFolder, `.deleted-${name}`)
  await rm(doomed, { recursive: true, force: true })
  await rename(join(runsFolder, name), doomed)
  await rm(doomed, { recursive: true, force: true })
}
