import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { CaptureRecord, recordPathOf } from "@sourceprint/capture/session/capture-record.js"
import { readSessionLog } from "@sourceprint/capture/session/session-log.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import type { CaptureLine, ExperimentLine } from "@sourceprint/protocol/operator/operator-messages.js"
import { readCheckpoint } from "@sourceprint/train/checkpoint.js"
import { jobStates, listRuns } from "@sourceprint/train/run-folder.js"
import { type EpochRecord, jobFolder, readRunJson, runFile } from "@sourceprint/train/run-record.js"
import { listedRun } from "@sourceprint/train/run-schemas.js"

const MAX_RUNS = 200

/** The newest runs, with the jobs that are under way. */
export async function experiments(runsFolder: string): Promise<ExperimentLine[]> {
  const newest = (await listRuns(runsFolder)).runs.toReversed().slice(0, MAX_RUNS)
  return Promise.all(
    newest.map(async (run) => ({
      ...run,
      live: run.isFinished ? [] : await liveJobs(join(runsFolder, run.name)),
    })),
  )
}

/** Jobs that have begun and not ended, with their epochs as of the last checkpoint. */
async function liveJobs(runFolder: string): Promise<ExperimentLine["live"]> {
  const plan = await readRunJson(runFile(runFolder, "plan"), listedRun.plan)
  const live: ExperimentLine["live"][number][] = []
  for (const [job, state] of await jobStates(runFolder, plan?.cells ?? [])) {
    if (state !== "started") continue
    const checkpoint = await readCheckpoint(join(jobFolder(runFolder, job), "checkpoint.bin")).catch(() => undefined)
    const { history = [] } = (checkpoint?.state ?? {}) as { history?: readonly EpochRecord[] }
    live.push({
      cell: job,
      trainLoss: history.map(({ trainLoss }) => trainLoss),
      devLoss: history.map(({ devLoss }) => devLoss),
    })
  }
  return live
}

/** The datasets, with the sessions that filled them. */
export async function captures(dataFolder: string): Promise<CaptureLine[]> {
  const folders = await readdir(dataFolder, { withFileTypes: true }).catch(() => [])
  const lines: CaptureLine[] = []
  for (const { name } of folders.filter((entry) => entry.isDirectory())) {
    const line = await captureOf(dataFolder, name).catch(() => undefined) // not a dataset, or one just being made
    if (line !== undefined) lines.push(line)
  }
  return lines
}

async function captureOf(dataFolder: string, dataset: string): Promise<CaptureLine> {
  const folder = join(dataFolder, dataset)
  const samples = await readManifest(folder)
  const logs = (await readdir(join(folder, "sessions")).catch((): string[] => [])).filter((file) =>
    file.endsWith(".json"),
  )
  const plans = await Promise.all(
    logs.map(async (file) => {
      const { plan, skipped, notes, consents } = await readSessionLog(folder, file.slice(0, -".json".length))
      return { plan, skipped: skipped.length, notes: notes.length, consents: consents.length }
    }),
  )
  const counts = new Map<string, number>()
  for (const { scanner } of samples) counts.set(scanner, (counts.get(scanner) ?? 0) + 1)
  const newest = samples.at(-1)
  const record =
    newest && (await readRunJson(join(folder, recordPathOf(newest.path)), CaptureRecord).catch(() => undefined))
  return {
    dataset,
    plans,
    images: samples.length,
    scanners: [...counts].map(([scanner, images]) => ({ scanner, images })),
    lastCapturedAt: record?.capturedAt,
  }
}
