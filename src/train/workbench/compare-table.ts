import { join } from "node:path"
import { AppError, wordsOf } from "@sourceprint/core/errors.js"
import type {
  CellValue,
  ComparedRow,
  ComparedRuns,
  PairedFigures,
  ValueColumn,
} from "@sourceprint/core/workbench/workbench-data.js"
import { compareRuns } from "../compare-runs.js"
import { ExperimentConfig } from "../experiment-config.js"
import { flatSettings } from "../report/flat-settings.js"
import { rangedFigures } from "../report/index-entry.js"
import { loadRun } from "../report/load-run.js"
import { readNotes } from "../run-notes.js"
import { readRunJson, runFile } from "../run-record.js"
import { environmentFile, planFile, runMetricsFile } from "../run-schemas.js"
import { runFigures } from "./run-rows.js"

const COUNTS: readonly ValueColumn[] = [{ key: "parameters", label: "Parameters", group: "result", unit: "count" }]
/** Drawing fingers for a pair takes a second and reads every score. */
const MOST_PAIRS = 8

/** Finished runs beside each other: figures on eval, and the settings in which they differ.
 *  @param models the chosen model of each run, or every one
 *  @throws AppError "run/unknown" for a run that is none or is not finished, "run/damaged" */
export async function compareTable(
  runsFolder: string,
  names: readonly string[],
  models: "chosen" | "all",
): Promise<ComparedRuns> {
  const rows: ComparedRow[] = []
  for (const name of names) rows.push(...(await rowsOfRun(runsFolder, name, models)))
  const columns = [...runFigures.filter(({ key }) => key !== "winner"), ...COUNTS]
  const results = new Set(columns.map(({ key }) => key))
  const keys = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].filter((key) => !results.has(key))
  const differing = keys.filter((key) => new Set(rows.map(({ values }) => JSON.stringify(values[key]))).size > 1)
  return {
    rows,
    columns: [...columns, ...differing.map((key): ValueColumn => ({ key, label: key, group: "setting" }))],
    same: keys.length - differing.length,
    pairs: await pairsOf(runsFolder, names),
  }
}

async function rowsOfRun(runsFolder: string, name: string, models: "chosen" | "all"): Promise<ComparedRow[]> {
  const folder = join(runsFolder, name)
  const metrics = /[/\\]/.test(name) ? undefined : await readRunJson(runFile(folder, "metrics"), runMetricsFile)
  const plan = await readRunJson(runFile(folder, "plan"), planFile)
  const config = await readRunJson(runFile(folder, "config"), ExperimentConfig)
  const environment = await readRunJson(runFile(folder, "environment"), environmentFile)
  if (metrics === undefined || plan === undefined || config === undefined || environment === undefined)
    throw new AppError("run/unknown", `${runsFolder} has no finished run "${name}"; only finished runs have figures`)
  const { title } = await readNotes(folder)
  const { dataset, tasks, train, seeds, decision, winner, eval: evaluation } = config
  const shared = flatSettings({ dataset, tasks, train, eval: evaluation, seeds, decision, winner })
  return metrics.arms
    .filter(({ arm }) => models === "all" || arm === metrics.winner.arm)
    .map((summary) => {
      const own = plan.arms.find(({ id }) => id === summary.arm)
      const { id: _, label: __, ...settings } = own ?? { id: "", label: "" }
      const values: Record<string, CellValue> = {
        ...rangedFigures(summary.pooled),
        parameters: summary.parameterCount,
        ...shared,
        ...flatSettings(settings),
        engine: environment.engine.name,
        "data hash": environment.datasetHash.slice(0, 12),
      }
      return { run: name, title: title ?? name, model: summary.label, values }
    })
}

async function pairsOf(runsFolder: string, [first, ...others]: readonly string[]): Promise<PairedFigures[]> {
  if (first === undefined || others.length === 0) return []
  const load = (name: string) => loadRun(join(runsFolder, name))
  const reference = await load(first).catch((error: unknown) => ({ error }))
  const pairs: PairedFigures[] = []
  for (const run of others.slice(0, MOST_PAIRS)) {
    try {
      if ("error" in reference) throw reference.error
      const found = compareRuns(reference, await load(run))
      if (found === undefined) pairs.push({ run, why: "not judged on the same images for the same tasks" })
      else {
        const { difference, interval, pValue } = found.balancedAccuracy
        pairs.push({ run, balancedAccuracy: { difference, low: interval.low, high: interval.high, pValue } })
      }
    } catch (error) {
      pairs.push({ run, why: wordsOf(error) })
    }
  }
  return pairs
}
