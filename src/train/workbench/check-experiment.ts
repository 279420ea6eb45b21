import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { canonicalJson } from "@sourceprint/core/canonical-json.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { AppError, wordsOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { CheckedExperiment, FieldProblem } from "@sourceprint/core/workbench/workbench-data.js"
import { stringify } from "yaml"
import { checkConfig, readConfigText, withPlugins } from "../config-file.js"
import { ExperimentConfig } from "../experiment-config.js"
import { selectSamples } from "../job-samples.js"
import { planExperiment } from "../plan.js"
import { presentationKinds } from "../presentation-tasks.js"
import { runNameOf } from "../run-folder.js"
import { readRunJson, runFile } from "../run-record.js"
import { searchBeginning } from "../search/next-round.js"
import { readRunRow } from "./run-rows.js"

/** Where experiment files and run folders lie. */
export interface ExperimentFolders {
  readonly experimentsFolder: string
  readonly runsFolder: string
}

const yamlOf = (experiment: unknown): string => stringify(experiment, { lineWidth: 100 })

/** An experiment as a form has it: its file, what is wrong and where, and what it would run. Writes nothing. */
export async function checkExperiment(experiment: unknown, folders: ExperimentFolders): Promise<CheckedExperiment> {
  const yaml = yamlOf(experiment)
  const refuse = (path: FieldProblem["path"], error: unknown): CheckedExperiment => ({
    yaml,
    problems: [{ path, text: wordsOf(error) }],
  })
  const source = await withPlugins(readConfigText(yaml, "experiment")).catch((error: unknown) => ({ error }))
  if ("error" in source) return refuse(["plugins"], source.error)
  const { config, problems } = checkConfig(source)
  if (config === undefined) return { yaml, problems }
  const read = await readSamples(config.dataset.folder).catch((error: unknown) => ({ error }))
  if ("error" in read) return refuse(["dataset", "folder"], read.error)
  try {
    const samples = selectSamples(read, config.dataset)
    const scanners = [...new Set(samples.map(({ scanner }) => scanner))]
    const plan = planExperiment(source, scanners, searchBeginning, presentationKinds(samples))
    const run = runNameOf(config)
    const row = await readRunRow(folders.runsFolder, run).catch(() => undefined)
    const takes = await otherText(fileOf(folders, config.name), yaml)
    return {
      yaml,
      problems: [],
      plan: {
        name: config.name,
        run,
        jobs: plan.jobs.length,
        models: plan.configurations.map(({ label }) => label),
        tasks: plan.tasks.map(({ id }) => id),
        images: samples.length,
        ...(row === undefined ? {} : { state: row.state }),
        ...(takes === undefined ? {} : { takes }),
      },
    }
  } catch (error) {
    return refuse([], error)
  }
}

const fileOf = ({ experimentsFolder }: ExperimentFolders, name: string): string =>
  join(experimentsFolder, `${name}.yaml`)

/** The path where a file is there and says something else. */
async function otherText(path: string, yaml: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined)
  return text === undefined || text === yaml ? undefined : path
}

/** Writes the file of an experiment that has nothing wrong, as by hand. A file of that name that says something else
 *  stays, and the new one is named after the run. @returns its path and the run's name
 *  @throws AppError "config/invalid", "file/write" */
export async function writeExperiment(
  experiment: unknown,
  folders: ExperimentFolders,
): Promise<{ readonly file: string; readonly run: string }> {
  const { yaml, problems, plan } = await checkExperiment(experiment, folders)
  if (plan === undefined) throw new AppError("config/invalid", problems.map(({ text }) => text).join("\n"))
  const file = fileOf(folders, plan.takes === undefined ? plan.name : plan.run)
  await writeFileAtomic(file, yaml)
  return { file, run: plan.run }
}

/** The configuration of a run as somebody would write it: what is a default is left out.
 *  @throws AppError "run/unknown", "run/damaged" */
export async function experimentOfRun(runsFolder: string, run: string): Promise<Record<string, unknown>> {
  const folder = join(runsFolder, run)
  const config = /[/\\]/.test(run) ? undefined : await readRunJson(runFile(folder, "config"), ExperimentConfig)
  if (config === undefined) throw new AppError("run/unknown", `${runsFolder} has no run "${run}"`)
  let written: Record<string, unknown> = { ...config }
  const means = (candidate: unknown): boolean => {
    const { success, data } = ExperimentConfig.safeParse(candidate)
    return success && canonicalJson(data) === canonicalJson(config)
  }
  const without = (from: Record<string, unknown>, key: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(from).filter(([other]) => other !== key))
  for (const key of Object.keys(config)) if (means(without(written, key))) written = without(written, key)
  for (const [key, value] of Object.entries(written)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue
    for (const inner of Object.keys(value)) {
      const smaller = { ...written, [key]: without(written[key] as Record<string, unknown>, inner) }
      if (means(smaller)) written = smaller
    }
  }
  return written
}
