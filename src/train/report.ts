import { join } from "node:path"
import { messageOf } from "@sourceprint/core/errors.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import type { ReportDocument, Section } from "@sourceprint/report/document.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { publishReport } from "@sourceprint/report/report-folder.js"
import type { PluginRef } from "./plugins/plugin.js"
import { auditSection } from "./report/audit-section.js"
import { environmentSection } from "./report/environment-section.js"
import { errorSection } from "./report/error-gallery.js"
import { experimentEntry } from "./report/index-entry.js"
import { interruptionSection } from "./report/interruption-section.js"
import { type LoadedRun, loadRun } from "./report/load-run.js"
import { comparisonSection, costSection } from "./report/model-comparison.js"
import { openWorldSection } from "./report/open-world-section.js"
import { pluginSection } from "./report/plugin-section.js"
import { presentationSection } from "./report/presentation-section.js"
import { runAudit } from "./report/run-audit.js"
import { scannerSection } from "./report/scanner-section.js"
import { scoreSection } from "./report/score-section.js"
import { searchSection } from "./report/search-section.js"
import { trainingSection } from "./report/training-curves.js"
import { verdictBlocks } from "./report/verdict.js"
import { verificationSection } from "./report/verification-section.js"

export interface RunReportOptions {
  /** where pages and the index lie */
  readonly reportsFolder: string
  /** decisions in the gallery of worst errors, with heat maps; 0 leaves the gallery out (default 12) */
  readonly worstErrors?: number
  /** train the shortcut probes where the run has no record of them (default true) */
  readonly audit?: boolean
  /** plug-ins whose sections the page shows too; those of a run whose code this process has loaded are shown anyway */
  readonly plugins?: readonly PluginRef[]
  readonly progress?: Progress
}

/** Renders a run, finished or not, to `<reportsFolder>/<name>.html` and notes it for the index. Reads the run folder
 *  and the dataset's images, writes to neither. @returns the page's path
 *  @throws AppError "report/no-run", "report/no-job", "run/damaged" */
export async function reportRun(runsFolder: string, name: string, options: RunReportOptions): Promise<string> {
  const run = await loadRun(join(runsFolder, name), name)
  const document = await experimentReport(run, options)
  const isFinished = run.jobs.length === run.plan.cells.length
  const entry = experimentEntry({
    ...run,
    flags: isFinished ? [] : [unfinishedFlag(run.jobs.length, run.plan.cells.length)],
  })
  return await publishReport(options.reportsFolder, entry, renderReport(document))
}

/** What the index says beside an unfinished run; tells by the counts whether its page is older than its jobs. */
export const unfinishedFlag = (finished: number, jobs: number): string => `not finished: ${finished} of ${jobs} jobs`

type MakeSection = (run: LoadedRun, options: RunReportOptions) => Section | undefined | Promise<Section | undefined>

/** The parts of a run's page after the verdict, in their order: one line a section. Undefined: the run has nothing of
 *  it. */
export const reportSections: readonly MakeSection[] = [
  comparisonSection,
  searchSection,
  (run) => verificationSection(run) ?? presentationSection(run) ?? scannerSection(run),
  openWorldSection,
  scoreSection,
  trainingSection,
  (run, { worstErrors = 12, progress = noProgress }) =>
    worstErrors === 0 ? undefined : errorSection(run, { count: worstErrors, progress }),
  audited,
  (run, { plugins }) => pluginSection(run, plugins),
  costSection,
  interruptionSection,
  environmentSection,
]

/** The document of a run: question and verdict first, then what it rests on. */
export async function experimentReport(run: LoadedRun, options: RunReportOptions): Promise<ReportDocument> {
  const sections: Section[] = []
  for (const make of reportSections) {
    const section = await make(run, options)
    if (section !== undefined) sections.push(section)
  }
  return {
    title: run.config.question,
    kicker: `Experiment ${run.config.name} · begun ${run.environment.createdAt.slice(0, 10)}`,
    index: "index.html",
    blocks: [...verdictBlocks(run), ...sections],
    footer: [
      "Rendered from the run ",
      { code: run.name },
      " by ",
      { code: "sourceprint report" },
      "; the page needs no network and can be made again any day.",
    ],
  }
}

/** The audit must not stop a report: where the images are gone, the section says so. */
async function audited(
  run: LoadedRun,
  { audit = true, reportsFolder, progress = noProgress }: RunReportOptions,
): Promise<Section> {
  if (run.config.tasks.kind === "verification")
    return auditSection(run, [], "A verification trains on no other scanner, so there is nothing to train probes on.")
  if (!audit) return auditSection(run, [], "The audit was not asked for.")
  try {
    return auditSection(run, await runAudit(run, join(reportsFolder, "audits"), progress))
  } catch (error) {
    return auditSection(run, [], messageOf(error))
  }
}
