import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { z } from "zod"
import { devFigure } from "../choose-winner.js"
import type { ExperimentConfig } from "../experiment-config.js"
import type { JobResult } from "../judged-rows.js"
import type { Configuration, ExperimentPlan, Task } from "../plan.js"
import { readRunJson, writeJson } from "../run-record.js"
import { type RunMetrics, summariseRun } from "../run-summary.js"
import type { TrialFigures } from "./next-round.js"

/** search.json: every trial of a search in the order in which they began. */
export interface SearchRecord {
  readonly trials: readonly {
    readonly number: number
    readonly values: Readonly<Record<string, unknown>>
    readonly rung?: { readonly bracket: number; readonly step: number; readonly epochs: number }
    readonly arm: string
    /** On dev, higher is better (an EER is negated); absent while the trial has not ended, and where it failed. */
    readonly figure?: number
    /** Why it cannot succeed. */
    readonly failure?: string
  }[]
}

const number = z.number()
const searchFile: z.ZodType<SearchRecord> = z.object({
  trials: z.array(
    z.object({
      number,
      values: z.record(z.string(), z.unknown()),
      rung: z.object({ bracket: number, step: number, epochs: number }).exactOptional(),
      arm: z.string(),
      figure: number.exactOptional(),
      failure: z.string().exactOptional(),
    }),
  ),
})

const recordPath = (runFolder: string): string => join(runFolder, "search.json")

/** Undefined for a run without a search. @throws AppError "run/damaged" */
export const readSearch = (runFolder: string): Promise<SearchRecord | undefined> =>
  readRunJson(recordPath(runFolder), searchFile)

export async function writeSearch(
  runFolder: string,
  { trials = [] }: ExperimentPlan,
  figures: TrialFigures,
  failures: ReadonlyMap<string, string>,
): Promise<void> {
  const record: SearchRecord = {
    trials: trials.map(({ trial: { number, values, rung }, arm }) => {
      const figure = figures.get(number)
      const failure = figure === undefined ? failures.get(arm) : undefined
      return {
        number,
        values: Object.fromEntries(values),
        ...(rung === undefined ? {} : { rung }),
        arm,
        ...(figure === undefined ? {} : { figure }),
        ...(failure === undefined ? {} : { failure }),
      }
    }),
  }
  await writeJson(recordPath(runFolder), record)
}

/** The figures of a run. Of a search only the chosen trial has figures on eval: looking at those of every trial would
 *  be choosing by them. */
export function summariseJobs(
  config: ExperimentConfig,
  configurations: readonly Configuration[],
  tasks: readonly Task[],
  jobs: readonly JobResult[],
): RunMetrics {
  if (config.search === undefined) return summariseRun(configurations, tasks, jobs, config.winner)
  const [first, ...rest] = configurations.map((configuration) => ({
    configuration,
    figure: devFigure(
      configuration,
      jobs.filter(({ metrics }) => metrics.arm === configuration.id),
      config.winner,
    ),
  }))
  const best = rest.reduce((a, b) => (b.figure > a.figure ? b : a), defined(first, "finished trial"))
  const own = jobs.filter(({ metrics }) => metrics.arm === best.configuration.id)
  const { winner, ...summary } = summariseRun([best.configuration], tasks, own, config.winner)
  const searched = `${configurations.length} settings that a search (${config.search.method}) tried`
  return {
    ...summary,
    winner: { ...winner, rule: `best ${config.winner.by.replaceAll("-", " ")} on dev of ${searched}` },
  }
}
