import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { workbenchSources } from "@sourceprint/cli/ui/workbench-sources.js"
import { type IndexEntry, publishReport } from "@sourceprint/report/report-folder.js"
import { type ServedWorkbench, serveWorkbench } from "@sourceprint/serve/workbench/serve-workbench.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { tinyExperiment, tinyScanners } from "./tiny-scanners.js"

export interface WorkbenchWorld extends ServedWorkbench {
  readonly runs: string
  readonly data: string
  readonly reports: string
  readonly registry: string
  readonly experiments: string
  /** Folder of the dataset "data": generated images of 3 scanners. */
  readonly dataset: string
  /** Name of the one finished run: one job, `noise-reference`. */
  readonly finished: string
  stop(): Promise<void>
}

/** The workbench on a project of its own with a dataset, one finished run and the report of a trial. */
export async function workbenchWorld(): Promise<WorkbenchWorld> {
  const tiny = await tinyScanners({ scanners: 3, fingers: 6, sidePx: 72 })
  const of = (name: string): string => join(tiny.folder, name)
  const [runs, reports, registry, experiments] = ["runs", "reports", "registry", "experiments"].map(of)
  const { folder: data, dataset } = tiny
  const file = of("tiny.yaml")
  await writeFile(file, classicalExperiment(dataset))
  const { runName: finished } = await runExperiment(file, { runsFolder: runs, workers: 1 })
  await publishReport(reports, trial, "<!doctype html><title>A trial</title><p>Nobody got in.</p>")
  const served = await serveWorkbench(workbenchSources({ runs, data, out: reports, registry, experiments }))
  return {
    ...served,
    runs,
    data,
    reports,
    registry,
    experiments,
    dataset,
    finished,
    async stop() {
      await served.close()
      await tiny.remove()
    },
  }
}

const trial: IndexEntry = {
  run: {
    id: "trial-small",
    kind: "trial",
    title: "Who is let in?",
    verdict: "0 of 40 attacks succeeded",
    createdAt: "2026-01-01T00:00:00.000Z",
    flags: ["simulated"],
    values: { frr: { value: 0.02, low: 0.01, high: 0.05 } },
  },
  columns: [{ key: "frr", label: "Genuine sessions rejected", group: "result", unit: "rate", better: "lower" }],
}

/** Fitted in one step, in a second. */
export const classicalExperiment = (dataset: string): string =>
  tinyExperiment(dataset)
    .replace("- id: small-cnn\n    settings: { filters: [4, 4] }", "- id: noise-reference")
    .replaceAll("sidePx: 32", "sidePx: 64")
    .replace("folds: 3", "fractions: { train: 0.5, dev: 0.25, eval: 0.25 }")
    .replace("workers: 2", "workers: 1")

/** Copies of a finished run under other names, settings, seeds and figures; jobs are left out. */
export async function copiesOfRun(runs: string, name: string, copies: number): Promise<void> {
  const files = ["config", "plan", "metrics", "environment"] as const
  const texts = await Promise.all(files.map((file) => readFile(join(runs, name, `${file}.json`), "utf8")))
  for (let copy = 1; copy <= copies; copy++) {
    const folder = join(runs, `copy-${String(copy).padStart(4, "0")}`)
    const [config, plan, metrics, environment] = texts.map((text) => JSON.parse(text))
    config.name = `copy-${copy}`
    config.seeds = [copy]
    config.training.learningRate = 0.0001 * 1.01 ** copy
    plan.arms[0].training.learningRate = config.training.learningRate
    plan.arms[0].training.batchSize = 2 + (copy % 5)
    const accuracy = 0.5 + ((copy * 37) % 480) / 1000
    const { balancedAccuracy } = metrics.arms[0].pooled
    balancedAccuracy.value = accuracy
    Object.assign(balancedAccuracy.interval, { low: accuracy - 0.02, high: accuracy + 0.02 })
    environment.createdAt = new Date(Date.UTC(2026, 0, 1) + copy * 3_600_000).toISOString()
    await mkdir(folder, { recursive: true })
    const values = [config, plan, metrics, environment]
    for (const [i, file] of files.entries()) await writeFile(join(folder, `${file}.json`), JSON.stringify(values[i]))
    if (copy % 7 === 0) {
      const notes = { title: `Sweep, step ${copy}`, tags: [copy % 2 === 0 ? "sweep" : "night"], notes: [] }
      await writeFile(join(folder, "notes.json"), JSON.stringify(notes))
    }
  }
}
