import { rm } from "node:fs/promises"
import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { versionInUse } from "@sourceprint/core/dataset/versions.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { formatDuration, noProgress, type Progress } from "@sourceprint/core/progress.js"
import type { EngineChoice } from "@sourceprint/engine/select-engine.js"
import { readConfigFile, resolveConfig } from "./config-file.js"
import { estimateTime, startSeconds } from "./estimate-time.js"
import { type ExperimentConfig, pluginsOf } from "./experiment-config.js"
import { datasetImages, prepareInputs } from "./input-pipeline.js"
import { selectSamples } from "./job-samples.js"
import { launchJobs } from "./launch-jobs.js"
import { beginBeacon, type RunBeacon } from "./live-run.js"
import { perturbedSets } from "./perturbed-inputs.js"
import { type ExperimentPlan, type JobSpec, planExperiment } from "./plan.js"
import { pluginRecords } from "./plugins/plugin-record.js"
import { presentationKinds } from "./presentation-tasks.js"
import { engineOf } from "./run-engine.js"
import { currentEnvironment } from "./run-environment.js"
import { jobStates, openRun, readFailure, readResults, runNameOf } from "./run-folder.js"
import type { JobPayload } from "./run-job.js"
import { inputsFolder, type JobFailure, readRunJson, runFile, writeJson } from "./run-record.js"
import { planFile as planRecordFile, runMetricsFile } from "./run-schemas.js"
import type { RunMetrics } from "./run-summary.js"
import { type SearchState, searchBeginning } from "./search/next-round.js"
import { runSearch } from "./search/run-search.js"
import { summariseJobs } from "./search/search-record.js"
import { threadsOf, workersFor } from "./worker-cores.js"
import type { TfModule } from "./zoo/model-entry.js"
import { planOf } from "./zoo/plan-of.js"

/** What to change in the experiment file, and where and how the experiment runs. */
export interface RunOptions {
  /** "path=value" laid over the file. */
  readonly overrides?: readonly string[]
  /** Where run folders lie. */
  readonly runsFolder: string
  /** In place of the configuration's. */
  readonly engine?: EngineChoice | undefined
  readonly workers?: number | undefined
  /** For a run folder. Absent: workers on this machine. */
  readonly launcher?: Launcher | ((runFolder: string) => Launcher) | undefined
  readonly progress?: Progress
  /** Lines for people, such as "2 workers, at most 2000 MB each". */
  readonly logLine?: (line: string) => void
  readonly signal?: AbortSignal
}

/** What came of a run. */
export interface RunResult {
  readonly runFolder: string
  readonly runName: string
  readonly config: ExperimentConfig
  readonly state: "finished" | "stopped" | "failed"
  readonly jobs: number
  readonly finishedJobs: number
  readonly failures: readonly JobFailure[]
  /** Of a finished run. */
  readonly metrics?: RunMetrics
}

/** The plan of an experiment file, with the images it is about. */
export async function planFile(
  path: string,
  overrides: readonly string[] = [],
): Promise<{
  plan: ExperimentPlan
  samples: readonly Sample[]
  /** The plan of a search, further on. */
  replan: (state: SearchState) => ExperimentPlan
}> {
  const source = await readConfigFile(path, overrides)
  const config = resolveConfig(source)
  const samples = selectSamples(await readSamples(config.dataset.folder), config.dataset)
  const scanners = [...new Set(samples.map(({ scanner }) => scanner))]
  const presentations = presentationKinds(samples)
  const replan = (state: SearchState): ExperimentPlan => planExperiment(source, scanners, state, presentations)
  return { plan: replan(searchBeginning), samples, replan }
}

/** Runs every job of an experiment that is not finished yet and sums the run up. Stopped or killed at any time, the
 *  same call continues where it was; a finished run is left untouched.
 *  @throws AppError "config/…", "plan/…", "split/…", "run/identity", "image/unreadable" */
export async function runExperiment(path: string, options: RunOptions): Promise<RunResult> {
  const planned = await planFile(path, options.overrides)
  const runFolder = join(options.runsFolder, runNameOf(planned.plan.config))
  await makeFolder(runFolder)
  const beacon = await beginBeacon(runFolder, options.signal)
  const logLine = (line: string): void => {
    options.logLine?.(line)
    beacon.logLine(line)
  }
  try {
    const result = await runPlanned(planned, runFolder, { ...options, logLine, signal: beacon.signal }, beacon)
    beacon.logLine(`${result.state}: ${result.finishedJobs} of ${result.jobs} jobs are finished`)
    return result
  } catch (error) {
    beacon.logLine(`ended: ${messageOf(error)}`)
    throw error
  } finally {
    await beacon.end()
  }
}

async function runPlanned(
  { plan: first, samples, replan }: Awaited<ReturnType<typeof planFile>>,
  runFolder: string,
  options: RunOptions,
  beacon: RunBeacon,
): Promise<RunResult> {
  const { progress = noProgress, logLine = () => {} } = options
  const { config } = first
  const runName = runNameOf(config)
  const engine = await engineOf(runFolder, first, options)
  const now = { ...(await currentEnvironment(engine, samples, new Date())), ...pluginRecords(pluginsOf(config)) }
  for (const line of likelyMistakes(samples)) logLine(`warning: ${line}`)
  const datasetVersion = await versionInUse(config.dataset.folder, runName, Date.now(), (why) =>
    logLine(`note: the version of the dataset is not recorded: ${why}`),
  )
  const begun = datasetVersion === undefined ? now : { ...now, datasetVersion }
  const { environment, isNew } = await openRun(runFolder, first, begun)
  if (environment.commit !== now.commit) {
    logLine(`note: the code has changed since the run began (${environment.commit} -> ${now.commit})`)
  }
  const finished = await finishedResult(runFolder, runName, config)
  if (finished !== undefined) {
    logLine(`${runFolder} is finished; nothing to do`)
    return finished
  }
  const limits = { ...config.run, workers: workersFor(first, options.workers) }
  const { launcher = localLauncher(limits) } = options
  const chosen = typeof launcher === "function" ? launcher(runFolder) : launcher
  const runRound = async (plan: ExperimentPlan): Promise<void> => {
    const pending = inLaunchOrder(await unfinishedJobs(runFolder, plan))
    if (pending.length === 0) return
    await prepareAll(runFolder, plan, samples, progress)
    const payload = (spec: JobSpec): JobPayload => ({
      runFolder,
      engine: engine.name,
      threads: options.launcher === undefined ? threadsOf(plan, options.workers) : undefined,
      checkpointEverySeconds: config.run.checkpointEverySeconds,
      spec,
    })
    await launchJobs({ launcher: chosen, pending, payload, runFolder, plan, engine, beacon, progress, logLine })
  }
  const unfinished = await unfinishedJobs(runFolder, first)
  const workers = Math.min(limits.workers, Math.max(1, unfinished.length))
  const workersLine = `; ${workers} workers, at most ${limits.memoryMbPerWorker} MB each`
  const ofRound = config.search === undefined ? "" : " of the first round"
  logLine(
    `${runFolder}: ${isNew ? "" : `${first.jobs.length - unfinished.length} of `}${first.jobs.length} ` +
      `jobs${ofRound}${isNew ? "" : " are finished"}; ` +
      `engine ${engine.name} (${engine.why})${options.launcher === undefined ? workersLine : ""}`,
  )
  if (isNew && options.launcher === undefined && first.jobs.some(isNetwork)) {
    logLine(await estimateLine(first, samples, engine.tf, workers))
  }
  const isSearch = config.search !== undefined
  if (!isSearch) await runRound(first)
  const plan = isSearch ? await runSearch({ runFolder, first, replan, runRound, logLine }) : first
  return await conclude(runFolder, runName, plan, logLine, options.signal)
}

/** A job of a search that its configuration made fail would fail again. */
async function unfinishedJobs(runFolder: string, { jobs, config }: ExperimentPlan): Promise<JobSpec[]> {
  const states = await jobStates(runFolder, jobs)
  const unfinished: JobSpec[] = []
  for (const job of jobs) {
    const state = states.get(job.id)
    const isHopeless = async () => (await readFailure(runFolder, job.id))?.cause === "failed"
    if (state === "finished" || (state === "failed" && config.search !== undefined && (await isHopeless()))) continue
    unfinished.push(job)
  }
  return unfinished
}

/** What the jobs of a run will take, in a line; estimating must not stop a run. */
async function estimateLine(plan: ExperimentPlan, samples: readonly Sample[], tf: TfModule, workers: number) {
  try {
    const { seconds } = await estimateTime(plan, samples, tf, { workers, startSeconds: startSeconds() })
    return `about ${formatDuration(1000 * seconds)} at most, from one measured step of each model`
  } catch (error) {
    return `how long it takes is not known: ${messageOf(error)}`
  }
}

/** What the jobs read: the dataset's images, then each set of perturbed ones that a job asks for. */
async function prepareAll(runFolder: string, plan: ExperimentPlan, samples: readonly Sample[], progress: Progress) {
  const folder = inputsFolder(runFolder)
  await prepareInputs(folder, datasetImages(plan.config.dataset.folder), samples, contractsOf(plan), progress)
  const contracts = contractsOf(plan)
  const sets = new Map(plan.jobs.flatMap((job) => perturbedSets(samples, job)).map((set) => [set.source.key, set]))
  for (const { source, samples: judged } of sets.values())
    await prepareInputs(folder, source, judged, contracts, progress)
}

const contractsOf = ({ configurations }: ExperimentPlan) =>
  configurations.map((configuration) => planOf(configuration).input)

const isNetwork = ({ configuration }: JobSpec): boolean => planOf(configuration).recipe.kind === "layers"

/** By a hash of the id: costly and cheap jobs are mixed, so that the first ones predict the time left. */
const inLaunchOrder = (jobs: readonly JobSpec[]): JobSpec[] => {
  const keys = new Map(jobs.map(({ id }) => [id, contentId(id)]))
  return [...jobs].sort((a, b) => ((keys.get(a.id) ?? "") < (keys.get(b.id) ?? "") ? -1 : 1))
}

async function finishedResult(
  runFolder: string,
  runName: string,
  config: ExperimentConfig,
): Promise<RunResult | undefined> {
  const metrics = await readRunJson(runFile(runFolder, "metrics"), runMetricsFile)
  const plan = await readRunJson(runFile(runFolder, "plan"), planRecordFile)
  if (metrics === undefined || plan === undefined) return undefined
  const count = plan.cells.length
  return { runFolder, runName, config, state: "finished", jobs: count, finishedJobs: count, failures: [], metrics }
}

async function conclude(
  runFolder: string,
  runName: string,
  plan: ExperimentPlan,
  logLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<RunResult> {
  const { jobs, config } = plan
  const states = await jobStates(runFolder, jobs)
  const finishedJobs = [...states.values()].filter((state) => state === "finished").length
  if (finishedJobs < jobs.length) {
    const failed = jobs.filter(({ id }) => states.get(id) === "failed")
    const failures = await Promise.all(failed.map(({ id }) => readFailure(runFolder, id)))
    return {
      runFolder,
      runName,
      config,
      state: signal?.aborted ? "stopped" : "failed",
      jobs: jobs.length,
      finishedJobs,
      failures: failures.filter((failure) => failure !== undefined),
    }
  }
  // of a search only the chosen trial is judged on eval
  const judged = config.search === undefined ? plan.configurations.length : 1
  const models = judged === 1 ? "one model" : `${judged} models`
  logLine(`all jobs are finished; figures of ${models}, with intervals over 1,000 draws of fingers`)
  const results = await readResults(runFolder, jobs)
  const metrics = summariseJobs(config, plan.configurations, plan.tasks, results)
  await rm(inputsFolder(runFolder), { recursive: true, force: true })
  await writeJson(runFile(runFolder, "metrics"), metrics)
  return { runFolder, runName, config, state: "finished", jobs: jobs.length, finishedJobs, failures: [], metrics }
}
