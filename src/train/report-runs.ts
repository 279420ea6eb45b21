import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import {
  publishReport,
  readEntries,
  rebuildIndex,
  renderedReports,
  withdrawReport,
} from "@sourceprint/report/report-folder.js"
import { ExperimentConfig } from "./experiment-config.js"
import { experimentEntry } from "./report/index-entry.js"
import { type RunReportOptions, reportRun, unfinishedFlag } from "./report.js"
import { listRuns, type RunListing } from "./run-folder.js"
import { readRunJson, runFile } from "./run-record.js"
import { environmentFile } from "./run-schemas.js"

/** Which runs become pages, and where they lie. */
export interface ReportRunsOptions extends RunReportOptions {
  readonly runsFolder: string
  /** runs to render; "new": finished ones that have no page, and unfinished ones with another count of jobs than on
   *  their page; "all": every one with a finished job; "none": the index alone */
  readonly which: readonly string[] | "new" | "all" | "none"
  /** forget pages of experiments whose run is gone */
  readonly prune?: boolean
  readonly logLine?: (line: string) => void
  /** told what could not be rendered or listed, and why; the others go on */
  readonly onProblem?: (line: string) => void
}

/** Renders runs, lists the others, and makes the index again. @returns paths of the pages, the index last
 *  @throws AppError "report/no-run" for a name that is no run */
export async function reportRuns(options: ReportRunsOptions): Promise<string[]> {
  const { runsFolder, reportsFolder, which, prune = false, logLine = () => {}, onProblem = logLine } = options
  const { runs, damaged } = await listRuns(runsFolder)
  const pages = await renderedReports(reportsFolder)
  const { entries } = await readEntries(reportsFolder)
  const isStale = ({ name, isFinished, finished, cells }: RunListing): boolean => {
    const said = entries.get(name)?.run.flags?.find((flag) => flag.startsWith("not finished"))
    return said !== (isFinished ? undefined : unfinishedFlag(finished, cells))
  }
  const wanted = new Set(
    typeof which === "object"
      ? which
      : runs
          .filter(({ finished }) => finished > 0 && which !== "none")
          .filter((run) => which === "all" || !pages.has(run.name) || isStale(run))
          .map(({ name }) => name),
  )
  const known = new Set([...runs, ...damaged].map(({ name }) => name))
  for (const { name, reason } of damaged) onProblem(`${name} is not listed: ${reason}`)
  for (const name of wanted) {
    if (!known.has(name))
      throw new AppError(
        "report/no-run",
        `${runsFolder} has no run "${name}"; it has ${[...known].join(", ") || "none"}`,
      )
  }
  const written: string[] = []
  for (const name of wanted) {
    logLine(`rendering ${name}`)
    const page = await reportRun(runsFolder, name, options).catch((error: unknown) => {
      onProblem(`${name} is not rendered: ${messageOf(error)}`)
    })
    if (page !== undefined) written.push(page)
  }
  for (const { name, isFinished, failed, finished, cells } of runs) {
    if (wanted.has(name) || (pages.has(name) && finished > 0)) continue
    await listOnly(
      runsFolder,
      name,
      reportsFolder,
      isFinished ? ["no page yet"] : [failed > 0 ? `${failed} jobs failed` : unfinishedFlag(finished, cells)],
    ).catch((error: unknown) => onProblem(`${name} is not listed: ${messageOf(error)}`))
  }
  if (prune) {
    for (const [id, { run }] of (await readEntries(reportsFolder)).entries) {
      if (run.kind === "experiment" && !known.has(id)) await withdrawReport(reportsFolder, id)
    }
  }
  const lead = "Every run that was rendered or found. Tick two or more to compare them; only what differs is shown."
  const { path, broken } = await rebuildIndex(reportsFolder, { title: "Runs", lead })
  for (const text of broken) onProblem(`not in the index: ${text}`)
  return [...written, path]
}

async function listOnly(
  runsFolder: string,
  name: string,
  reportsFolder: string,
  flags: readonly string[],
): Promise<void> {
  const folder = join(runsFolder, name)
  const config = await readRunJson(runFile(folder, "config"), ExperimentConfig)
  const environment = await readRunJson(runFile(folder, "environment"), environmentFile)
  if (config === undefined || environment === undefined) return
  await publishReport(reportsFolder, experimentEntry({ name, config, environment, flags }), undefined)
}
