import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type {
  EpochPoint,
  JobCurves,
  ModelFigures,
  RunDetail,
  RunJob,
} from "@sourceprint/core/workbench/workbench-data.js"
import { ExperimentConfig } from "../experiment-config.js"
import { keptEpochs, liveState, runLog } from "../live-run.js"
import { flatSettings } from "../report/flat-settings.js"
import { rangedFigures } from "../report/index-entry.js"
import { verdictSentence } from "../report/verdict.js"
import { jobStates, readFailure } from "../run-folder.js"
import { readNotes } from "../run-notes.js"
import { jobFolder, readRunJson, runFile } from "../run-record.js"
import { environmentFile, epochsFile, jobMetricsFile, planFile, runMetricsFile } from "../run-schemas.js"
import type { RunMetrics } from "../run-summary.js"
import { readRunRow } from "./run-rows.js"

const LOG_LINES = 200
/** Curves that a page draws at once. */
const MOST_CURVES = 12

/** A run as it is now: what its folder and the process at work on it say.
 *  @throws AppError "run/unknown" where the name is no run, "run/damaged" */
export async function readRunDetail(runsFolder: string, name: string): Promise<Omit<RunDetail, "hasReport">> {
  const folder = join(runsFolder, name)
  const row = /[/\\]/.test(name) ? undefined : await readRunRow(runsFolder, name)
  const config = await readRunJson(runFile(folder, "config"), ExperimentConfig)
  const environment = await readRunJson(runFile(folder, "environment"), environmentFile)
  const plan = await readRunJson(runFile(folder, "plan"), planFile)
  if (row === undefined || config === undefined || environment === undefined || plan === undefined)
    throw new AppError("run/unknown", `${runsFolder} has no run "${name}"`)
  const metrics = await readRunJson(runFile(folder, "metrics"), runMetricsFile)
  const states = await jobStates(folder, plan.cells)
  const live = await liveState(folder)
  const atWork = new Map(live?.running.map((one) => [one.job, one]))
  const labels = new Map(plan.arms.map(({ id, label }) => [id, label]))
  const jobs = await Promise.all(
    plan.cells.map(async ({ id, arm, task, fold, seed }): Promise<RunJob> => {
      const state = atWork.has(id) ? "started" : (states.get(id) ?? "waiting")
      const { fraction, note } = atWork.get(id) ?? {}
      const failure = state === "failed" ? await readFailure(folder, id) : undefined
      return {
        id,
        model: labels.get(arm) ?? arm,
        task,
        fold,
        seed,
        state,
        ...(fraction === undefined || note === undefined ? {} : { fraction, note }),
        ...(failure === undefined ? {} : { failure: `${failure.cause}: ${failure.message}` }),
      }
    }),
  )
  const started = jobs.filter(({ state }) => state === "started").slice(0, MOST_CURVES)
  const { notes } = await readNotes(folder)
  const { models, run: _, ...rest } = config
  return {
    row,
    verdict: metrics === undefined ? "" : verdictSentence(metrics, config),
    jobs,
    curves: await Promise.all(started.map(({ id }) => readJobCurves(runsFolder, name, id))),
    models: metrics === undefined ? [] : modelFigures(metrics),
    notes,
    settings: flatSettings({ ...rest, models }),
    datasetHash: environment.datasetHash,
    ...(environment.datasetVersion === undefined ? {} : { datasetVersion: environment.datasetVersion }),
    log: await runLog(folder, LOG_LINES),
  }
}

const modelFigures = ({ arms, winner }: RunMetrics): ModelFigures[] =>
  arms.map((summary) => ({
    label: summary.label,
    isChosen: summary.arm === winner.arm,
    figures: { ...rangedFigures(summary.pooled), parameters: summary.parameterCount },
  }))

/** The epochs of a job: of its result, or so far. @throws AppError "run/unknown", "run/damaged" */
export async function readJobCurves(runsFolder: string, run: string, job: string): Promise<JobCurves> {
  if (/[/\\]/.test(run) || /[/\\]/.test(job) || job.startsWith("."))
    throw new AppError("run/unknown", `${run} has no job "${job}"`)
  const folder = jobFolder(join(runsFolder, run), job)
  const done = await readRunJson(join(folder, "metrics.json"), jobMetricsFile)
  const history = done?.history ?? epochsFile.safeParse(await keptEpochs(folder)).data ?? []
  const epochs = history.map(
    ({ epoch, trainLoss, devLoss, trainAccuracy, devAccuracy }): EpochPoint => ({
      epoch,
      trainLoss,
      devLoss,
      trainAccuracy,
      devAccuracy,
    }),
  )
  return { job, epochs }
}
