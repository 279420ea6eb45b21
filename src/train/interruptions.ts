import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { Interruption, StartsFrom } from "@sourceprint/core/launch/launcher.js"
import { type NotedInterruption, readRunJson, writeJson } from "./run-record.js"
import { interruptionsFile } from "./run-schemas.js"

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
  const known = (await readRunJson(fileOf(runFolder, job), interruptionsFile)) ?? []
  if (known.some((one) => one.occurrence === occurrence)) return
  const noted = { cell: job, cause, message, next: from, occurrence, noticedAt: now.toISOString() }
  await writeJson(fileOf(runFolder, job), [...known, noted])
}

/** All of a run, by job, then in the order in which they were noticed. @throws AppError "run/damaged" */
export async function readInterruptions(runFolder: string): Promise<NotedInterruption[]> {
  const names = await readdir(interruptionsFolder(runFolder)).catch(() => [])
  const all: NotedInterruption[] = []
  for (const name of names.filter((file) => /^[^.].*\.json$/.test(file)).sort()) {
    all.push(...((await readRunJson(join(interruptionsFolder(runFolder), name), interruptionsFile)) ?? []))
  }
  return all
}
