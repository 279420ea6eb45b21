import { readdir } from "node:fs/promises"
import { userInfo } from "node:os"
import { join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { moveAlias, rollBackAlias } from "@sourceprint/model/model-registry.js"
import { renderedReports } from "@sourceprint/report/report-folder.js"
import type { WorkbenchSources } from "@sourceprint/serve/workbench/workbench-sources.js"
import { liveState, requestStop } from "@sourceprint/train/live-run.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { changeNotes } from "@sourceprint/train/run-notes.js"
import { runFile } from "@sourceprint/train/run-record.js"
import { checkExperiment, experimentOfRun, writeExperiment } from "@sourceprint/train/workbench/check-experiment.js"
import { compareTable } from "@sourceprint/train/workbench/compare-table.js"
import { checkImages, ImageReader, listDatasets, readDataset } from "@sourceprint/train/workbench/dataset-views.js"
import { readRegistry, readTrials } from "@sourceprint/train/workbench/registry-view.js"
import { readJobCurves, readRunDetail } from "@sourceprint/train/workbench/run-detail.js"
import { RunRowsReader, readRunRow } from "@sourceprint/train/workbench/run-rows.js"
import { configKinds, configSchema } from "../schema/config-schemas.js"
import { startRun } from "./start-run.js"

/** Folders as the other commands find them. */
export interface WorkbenchFolders {
  readonly runs: string
  readonly data: string
  readonly out: string
  readonly registry: string
  readonly experiments: string
}

/** What the workbench shows and does, by the same functions as the commands. */
export function workbenchSources({ runs, data, out, registry, experiments }: WorkbenchFolders): WorkbenchSources {
  const rows = new RunRowsReader(runs)
  const images = new ImageReader(data)
  const folders = { experimentsFolder: experiments, runsFolder: runs }
  const folderOf = async (run: string): Promise<string> => {
    if ((await readdir(runs).catch((): string[] => [])).includes(run)) return join(runs, run)
    throw new AppError("run/unknown", `${runs} has no run "${run}"`)
  }
  const start = async (file: string, run: string): Promise<{ run: string }> => {
    const folder = join(runs, run)
    if ((await liveState(folder)) !== undefined) throw new AppError("ui/start", `${run} is at work already`)
    await startRun(file, { runs, out }, async () => {
      const isLive = (await liveState(folder)) !== undefined
      const row = await readRunRow(runs, run).catch(() => undefined)
      return row !== undefined && (isLive || row.state === "finished")
    })
    return { run }
  }
  const reason = (why: string) => ({ by: userInfo().username, why, clock: systemClock })
  return {
    reportsFolder: out,
    runs: () => rows.read(),
    run: async ({ run }) => ({
      ...(await readRunDetail(runs, run)),
      hasReport: (await renderedReports(out)).has(run),
    }),
    "job-curves": ({ run, job }) => readJobCurves(runs, run, job),
    compare: ({ runs: names, models }) => compareTable(runs, names, models),
    note: async ({ run, ...change }) => await changeNotes(await folderOf(run), change),
    stop: async ({ run }) => {
      const folder = await folderOf(run)
      if ((await liveState(folder)) === undefined) throw new AppError("ui/stop", `nobody is at work on ${run}`)
      await requestStop(folder)
      return {}
    },
    resume: async ({ run }) => await start(runFile(await folderOf(run), "config"), run),
    schema: async () => ({
      schema: configSchema(defined(configKinds.find(({ id }) => id === "experiment"))),
      datasets: (await listDatasets(data)).map(({ name }) => join(data, name)),
    }),
    check: ({ experiment }) => checkExperiment(experiment, folders),
    clone: async ({ run }) => ({ experiment: await experimentOfRun(runs, run) }),
    start: async ({ experiment }) => {
      const { file, run } = await writeExperiment(experiment, folders)
      return await start(file, run)
    },
    datasets: () => listDatasets(data),
    dataset: ({ dataset }) => readDataset(data, dataset),
    "check-dataset": ({ dataset }) => checkImages(data, dataset),
    image: (dataset, index, sidePx) => images.png(dataset, index, sidePx),
    registry: () => readRegistry(registry),
    promote: async ({ run }) => {
      const cards = await promoteModels({
        runFolder: await folderOf(run),
        registryFolder: registry,
        licence: "Apache-2.0 (weights; the images have their own terms)",
        limits: [],
        clock: systemClock,
      })
      return { models: cards.map(({ id }) => id) }
    },
    "move-alias": ({ alias, model, why }) => moveAlias(registry, alias, model, reason(why)),
    "roll-back": ({ alias, why }) => rollBackAlias(registry, alias, reason(why.trim() || "rolled back")),
    trials: () => readTrials(out),
  }
}
