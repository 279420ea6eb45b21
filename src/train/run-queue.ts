import { randomBytes } from "node:crypto"
import { readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { z } from "zod"
import { planFile } from "./run-experiment.js"
import { runNameOf } from "./run-folder.js"

/** Beside the runs: an entry a file, so that whoever adds, moves or removes one never rewrites another's. */
export const queueFolder = (runsFolder: string): string => join(runsFolder, ".queue")
const entryPath = (runsFolder: string, id: string): string => join(queueFolder(runsFolder), `${id}.json`)
const pausePath = (runsFolder: string): string => join(queueFolder(runsFolder), "paused")

const Entry = z.object({
  id: z.string(),
  /** The experiment's file, from the folder in which the queue is worked through. */
  file: z.string(),
  /** As of `experiment run --set`. */
  set: z.array(z.string()),
  run: z.string(),
  jobs: z.int(),
  /** Entries go by it, least first. */
  order: z.number(),
  /** Why it did not finish; it is not tried again by itself. */
  failure: z.string().optional(),
})
export type QueueEntry = Readonly<z.infer<typeof Entry>>

/** Entries in their order, those that failed among them. @throws AppError "queue/entry" */
export async function queueEntries(runsFolder: string): Promise<readonly QueueEntry[]> {
  const names = await readdir(queueFolder(runsFolder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return []
    throw error
  })
  const read = names
    .filter((name) => /^[0-9a-f]+\.json$/.test(name))
    .map((name) => {
      const path = join(queueFolder(runsFolder), name)
      return readJson(path, Entry, { code: "queue/entry", cure: `delete ${path} and add its experiment again` })
    })
  const entries = (await Promise.all(read)).filter((entry) => entry !== undefined) // one may just have gone
  return entries.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
}

/** Adds an experiment, planned now so that a fault in it is told now. The same run is in the queue once: a new entry
 *  takes the place of one that failed. @param place 1 is the first; undefined: the last
 *  @throws what planning throws, AppError "queue/there" */
export async function enqueue(
  runsFolder: string,
  file: string,
  set: readonly string[],
  place?: number,
): Promise<QueueEntry> {
  const { plan } = await planFile(file, set)
  const run = runNameOf(plan.config)
  const entries = await queueEntries(runsFolder)
  const there = entries.find((entry) => entry.run === run)
  if (there !== undefined && there.failure === undefined)
    throw new AppError("queue/there", `${run} is in the queue already (${there.id})`)
  if (there !== undefined) await removeEntry(runsFolder, there.id)
  const others = entries.filter((entry) => entry !== there)
  const id = randomBytes(3).toString("hex")
  return writeAt(runsFolder, { id, file, set: [...set], run, jobs: plan.jobs.length }, others, place)
}

/** Puts an entry between the neighbours of its place; where no number lies between theirs, all are numbered again. */
async function writeAt(
  runsFolder: string,
  entry: Omit<QueueEntry, "order">,
  others: readonly QueueEntry[],
  place = others.length + 1,
): Promise<QueueEntry> {
  const at = Math.max(0, Math.min(others.length, Math.round(place) - 1))
  const after = others[at]?.order ?? (others.at(-1)?.order ?? 0) + 2
  const before = others[at - 1]?.order ?? after - 2
  let order = (before + after) / 2
  if (order === before || order === after) {
    order = at
    for (const [i, other] of others.entries()) await writeEntry(runsFolder, { ...other, order: i < at ? i : i + 1 })
  }
  const placed = { ...entry, order }
  await writeEntry(runsFolder, placed)
  return placed
}

const writeEntry = (runsFolder: string, entry: QueueEntry): Promise<void> =>
  writeFileAtomic(entryPath(runsFolder, entry.id), `${JSON.stringify(entry, null, 1)}\n`)

/** @param place 1 is the first. An entry that failed waits again. @throws AppError "queue/unknown" */
export async function moveEntry(runsFolder: string, id: string, place: number): Promise<void> {
  const { failure: _, ...entry } = await entryOf(runsFolder, id)
  const others = (await queueEntries(runsFolder)).filter((other) => other.id !== id)
  await writeAt(runsFolder, entry, others, place)
}

/** What the run has done so far stays. @throws AppError "queue/unknown" */
export async function dequeue(runsFolder: string, id: string): Promise<QueueEntry> {
  const entry = await entryOf(runsFolder, id)
  await removeEntry(runsFolder, id)
  return entry
}

/** Does nothing where the entry was taken out meanwhile. */
export async function failEntry(runsFolder: string, id: string, failure: string): Promise<void> {
  const entry = (await queueEntries(runsFolder)).find((one) => one.id === id)
  if (entry !== undefined) await writeEntry(runsFolder, { ...entry, failure })
}

const removeEntry = (runsFolder: string, id: string): Promise<void> => rm(entryPath(runsFolder, id), { force: true })

async function entryOf(runsFolder: string, id: string): Promise<QueueEntry> {
  const entries = await queueEntries(runsFolder)
  const entry = entries.find((one) => one.id === id)
  if (entry !== undefined) return entry
  const known = entries.map((one) => one.id).join(", ") || "none"
  throw new AppError("queue/unknown", `the queue of ${runsFolder} has no entry ${id}; its entries: ${known}`)
}

/** While it is paused nothing new begins. */
export const pauseQueue = (runsFolder: string): Promise<void> => writeFileAtomic(pausePath(runsFolder), "")
export const resumeQueue = (runsFolder: string): Promise<void> => rm(pausePath(runsFolder), { force: true })
export const isQueuePaused = (runsFolder: string): Promise<boolean> =>
  stat(pausePath(runsFolder)).then(
    () => true,
    () => false,
  )
