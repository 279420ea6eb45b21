import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import type { RunRow, RunRows, RunState, ValueColumn } from "@sourceprint/core/workbench/workbench-data.js"
import { ExperimentConfig } from "../experiment-config.js"
import { liveState } from "../live-run.js"
import { rangedFigures } from "../report/index-entry.js"
import { listingOf, type RunListing } from "../run-folder.js"
import { readRunJson, runFile } from "../run-record.js"
import { environmentFile, runMetricsFile } from "../run-schemas.js"

/** Figures of a row: those of the index that are numbers. */
export const runFigures: readonly ValueColumn[] = [
  { key: "ba", label: "Balanced accuracy", group: "result", unit: "rate", better: "higher" },
  { key: "eer", label: "Pooled EER", group: "result", unit: "rate", better: "lower" },
  { key: "auc", label: "AUC", group: "result", unit: "score", better: "higher" },
  { key: "fmr", label: "FMR", group: "result", unit: "rate", better: "lower" },
  { key: "fnmr", label: "FNMR", group: "result", unit: "rate", better: "lower" },
  { key: "winner", label: "Chosen on dev", group: "result" },
]

/** The state of a run for people. @param isLive a process is at work on it */
export const runState = ({ isFinished, failed }: RunListing, isLive: boolean): RunState =>
  isLive ? "running" : isFinished ? "finished" : failed > 0 ? "failed" : "stopped"

/** One run in a line; undefined where the folder is none. @throws AppError "run/damaged" */
export async function readRunRow(runsFolder: string, name: string): Promise<RunRow | undefined> {
  const folder = join(runsFolder, name)
  const environment = await readRunJson(runFile(folder, "environment"), environmentFile)
  if (environment === undefined) return undefined // written last: what lacks it never began
  const config = await readRunJson(runFile(folder, "config"), ExperimentConfig)
  const listing = config && (await listingOf(folder, name, environment, config))
  if (listing === undefined || config === undefined) return undefined
  const metrics = listing.isFinished ? await readRunJson(runFile(folder, "metrics"), runMetricsFile) : undefined
  const chosen = metrics?.arms.find(({ arm }) => arm === metrics.winner.arm)
  const isLive = !listing.isFinished && (await liveState(folder)) !== undefined
  return {
    name,
    experiment: config.name,
    question: config.question,
    createdAt: listing.createdAt,
    engine: listing.engine,
    state: runState(listing, isLive),
    finished: listing.finished,
    failed: listing.failed,
    jobs: listing.cells,
    ...(listing.title === undefined ? {} : { title: listing.title }),
    tags: listing.tags,
    seedGroup: seedGroupOf(config),
    seeds: config.seeds.join(", "),
    figures: chosen === undefined ? {} : { ...rangedFigures(chosen.pooled), winner: chosen.label },
  }
}

/** What stays of a configuration without its seeds, its name and how the work is done. */
function seedGroupOf({
  name: _,
  question: __,
  seeds: ___,
  run: ____,
  engine: _____,
  ...rest
}: ExperimentConfig): string {
  const { seed: ______, ...split } = rest.split
  return contentId({ ...rest, split })
}

const AT_ONCE = 16

/** Every run of a folder, newest first. Rows of finished runs are kept in memory while their files stay as they are. */
export class RunRowsReader {
  private readonly kept = new Map<string, { readonly stamp: string; readonly row: RunRow }>()

  constructor(private readonly runsFolder: string) {}

  /** Runs that cannot be read are named beside the others. A folder that does not exist has none. */
  async read(): Promise<RunRows> {
    const entries = await readdir(this.runsFolder, { withFileTypes: true }).catch(() => [])
    const names = entries.filter((entry) => !entry.isFile() && !isHidden(entry.name)).map(({ name }) => name)
    const rows: RunRow[] = []
    const damaged: { name: string; reason: string }[] = []
    const left = names.toReversed()
    const work = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        try {
          const row = await this.row(name)
          if (row !== undefined) rows.push(row)
        } catch (error) {
          damaged.push({ name, reason: messageOf(error) })
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    rows.sort((a, b) => (a.createdAt === b.createdAt ? (a.name < b.name ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1))
    return { rows, figures: runFigures, damaged: damaged.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  }

  private async row(name: string): Promise<RunRow | undefined> {
    const folder = join(this.runsFolder, name)
    const stamp = await stampOf(folder)
    const before = this.kept.get(name)
    if (stamp !== undefined && before?.stamp === stamp) return before.row
    const row = await readRunRow(this.runsFolder, name)
    if (stamp !== undefined && row !== undefined) this.kept.set(name, { stamp, row })
    return row
  }
}

/** When the files of a finished run were written; undefined while it may change by itself. */
async function stampOf(folder: string): Promise<string | undefined> {
  const at = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs
  const finished = await at(runFile(folder, "metrics"))
  return finished === undefined ? undefined : `${finished} ${await at(join(folder, "notes.json"))}`
}
