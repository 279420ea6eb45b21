import { defined } from "@sourceprint/core/defined.js"
import { devFigure } from "../choose-winner.js"
import type { ExperimentPlan, JobSpec } from "../plan.js"
import { jobStates, readFailure, readResults, writePlan } from "../run-folder.js"
import { type SearchState, trialCount } from "./next-round.js"
import { writeSearch } from "./search-record.js"

interface SearchRequest {
  readonly runFolder: string
  /** The first round. */
  readonly first: ExperimentPlan
  readonly replan: (state: SearchState) => ExperimentPlan
  /** Does the jobs of a plan that are neither finished nor known to fail. */
  readonly runRound: (plan: ExperimentPlan) => Promise<void>
  readonly logLine: (line: string) => void
}

/** Runs rounds of trials until the search is over or a round does not end (stopped, or the machine's fault). What is
 *  finished is not done again: the figures of earlier rounds are read from their jobs.
 *  @returns the plan of all rounds; of a search that is over, without the trials that cannot succeed */
export async function runSearch({
  runFolder,
  first,
  replan,
  runRound,
  logLine,
}: SearchRequest): Promise<ExperimentPlan> {
  const figures = new Map<number, number | undefined>()
  const failures = new Map<string, string>()
  const most = trialCount(defined(first.config.search, "search"))
  let plan = first
  for (;;) {
    await runRound(plan)
    const states = await jobStates(runFolder, plan.jobs)
    for (const { trial, arm } of plan.trials ?? []) {
      if (figures.has(trial.number)) continue
      const jobs = plan.jobs.filter(({ configuration }) => configuration.id === arm)
      const failure = await whyHopeless(runFolder, jobs)
      if (failure !== undefined) {
        failures.set(arm, failure)
        figures.set(trial.number, undefined)
        logLine(`trial ${trial.number} of ${most} failed and the search goes on: ${failure}`)
      } else if (jobs.every(({ id }) => states.get(id) === "finished")) {
        const { configuration } = defined(jobs[0], "job")
        const figure = devFigure(configuration, await readResults(runFolder, jobs), plan.config.winner)
        figures.set(trial.number, figure)
        logLine(`trial ${trial.number} of ${most}: ${configuration.label}: ${Math.abs(figure).toFixed(4)} on dev`)
      }
    }
    await writeSearch(runFolder, plan, figures, failures)
    if (!plan.trials?.every(({ trial }) => figures.has(trial.number))) return plan
    const next = replan({ trials: plan.trials.map(({ trial }) => trial), figures })
    if (next.trials?.length === plan.trials.length) break
    plan = next
    await writePlan(runFolder, plan)
  }
  const kept = plan.configurations.filter(({ id }) => !failures.has(id))
  if (kept.length === 0 || failures.size === 0) return plan
  const jobs = plan.jobs.filter(({ configuration }) => !failures.has(configuration.id))
  const whole = { ...plan, configurations: kept, jobs }
  await writePlan(runFolder, whole)
  return whole
}

/** The message of the first job that its configuration made fail. */
async function whyHopeless(runFolder: string, jobs: readonly JobSpec[]): Promise<string | undefined> {
  for (const { id } of jobs) {
    const failure = await readFailure(runFolder, id)
    if (failure?.cause === "failed") return failure.message
  }
  return undefined
}
