import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { FailureKind, Interruption, StartsFrom } from "@sourceprint/core/launch/launcher.js"
import { readJson, writeJson } from "./run-record.js"

/** An attempt at a job that the machine ended: a node, a limit, a signal. Kept for good, also when the job finished
 *  in a later attempt. Never the configuration's doing: that is a failure. */
export interface NotedInterruption {
  readonly cell: string
  readonly cause: FailureKind
  readonly message: string
  /** Where the next attempt began; "none": the job was given up. */
  readonly next: StartsFrom | "none"
  /** Unique in the run. */
  readonly occurrence: string
  /** When it was noticed, ISO 8601. */
  readonly noticedAt: string
}

/** One file an interrupted job; a run without interruptions has no such folder. Not a result. */
export const interruptionsFolder = (runFolder: string): string => join(runFolder, "interruptions")

const fileOf = (runFolder: string, job: string): string => join(interruptionsFolder(runFolder), `${job}.json`)

/** Notes an interruption; told again (by a launch that was killed after the first telling) it stays one. */
export async function noteInterruption(
  runFolder: string,
  job: string,
  { cause, message, occurrence, from }: Omit<Interruption, "from"> & { readonly from: StartsFrom | "none" },
  now: Date,
): Promise<void> {
  const known = (await readJson<NotedInterruption[]>(fileOf(runFolder, job))) ?? []
  if (known.some((one) => one.occurrence === occurrence)) return
  const noted = { cell: job, cause, message, next: from, occurrence, noticedAt: now.toISOString() }
  await writeJson(fileOf(runFolder, job), [...known, noted])
}

/** All of a run, by job, then in the order in which they were noticed. @throws AppError "run/damaged" */
export async function readInterruptions(runFolder: string): Promise<NotedInterruption[]> {
  const names = await readdir(interruptionsFolder(runFolder)).catch(() => [])
  const all: NotedInterruption[] = []
  for (const name of names.filter((file) => /^[^.].*\.json$/.test(file)).sort()) {
    all.push(...((await readJson<NotedInterruption[]>(join(interruptionsFolder(runFolder), name))) ?? []))
  }
  return all
}
