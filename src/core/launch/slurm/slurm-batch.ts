import { randomBytes } from "node:crypto"
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { z } from "zod"
import { syncFolder, writeFileAtomic } from "../../files/atomic-file.js"
import { parseJson, readJson } from "../../files/read-json.js"
import { FailureCause } from "../failure-cause.js"
import type { FailureKind, Interruption, Job } from "../launcher.js"
import type { Spent } from "./slurm-allowance.js"
import { literalPath } from "./slurm-script.js"

/** A job as one array task gets it: a line of cells.jsonl, its index is the line. */
export interface BatchJob extends Job {
  /** From 1. */
  readonly attempt: number
  /** Before this attempt. */
  readonly spent: Spent
}

/** What a task leaves behind, in `ends/<index>.json`. */
export interface EndRecord {
  readonly id: string
  readonly outcome: "finished" | "stopped" | "failed"
  readonly cause?: FailureKind | undefined
  readonly message?: string | undefined
  readonly peakMemoryMb: number
}

/** What a task notes when Slurm itself has started it again, in `ends/<index>.restart-<n>.json`; n from 1. */
export type Restart = Pick<Interruption, "cause" | "message" | "from">

/** One job array in a folder of its own, `<launch folder>/0001`. Every fact is a file that is written whole, once:
 *  cells.jsonl (before submission), job (its id, after), ends/… (by the tasks), revoked (its tasks must not
 *  start any more: see `Revocation`), closed (all is accounted for: the ends). No locks: a folder appears whole, under
 *  the next number; of two launchers one gets it, and the other looks again at what there is. */
export interface Batch {
  readonly folder: string
  readonly number: number
  /** Unique; the job is found by it even where its id was never written down. */
  readonly jobName: string
  readonly moduleUrl: string
  readonly execArgv: readonly string[]
  readonly createdAt: string
  readonly jobs: readonly BatchJob[]
}

type Head = Pick<Batch, "jobName" | "moduleUrl" | "execArgv" | "createdAt">

const jobRow: z.ZodType<BatchJob> = z.object({
  id: z.string(),
  payload: z.unknown(),
  statePath: z.string().optional(),
  attempt: z.int(),
  spent: z.object({ requeues: z.int(), preemptions: z.int() }),
})
const headRow: z.ZodType<Head> = z.object({
  jobName: z.string(),
  moduleUrl: z.string(),
  execArgv: z.array(z.string()),
  createdAt: z.string(),
})
const endFile: z.ZodType<EndRecord> = z.object({
  id: z.string(),
  outcome: z.enum(["finished", "stopped", "failed"]),
  cause: FailureCause.optional(),
  message: z.string().optional(),
  peakMemoryMb: z.number(),
})
const endsMark = z.array(z.tuple([z.int(), endFile]))
const restartFile: z.ZodType<Restart> = z.object({
  cause: FailureCause,
  message: z.string(),
  from: z.enum(["checkpoint", "beginning"]),
})
const damaged = {
  code: "slurm/damaged",
  cure: "put it back from a copy, or cancel the run, delete this folder and start it again",
}

export type Mark = "revoked" | "closed" | "job"

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

export const hasMark = (folder: string, mark: Mark): Promise<boolean> => exists(join(folder, mark))
export const setMark = (folder: string, mark: Mark, content = ""): Promise<void> =>
  writeFileAtomic(join(folder, mark), `${content}\n`)

const readMark = async (folder: string, mark: Mark): Promise<string | undefined> =>
  (await readFile(join(folder, mark), "utf8").catch(() => undefined))?.trim()

/** Why the tasks of an array must not start: a person cancelled the run, or another launch has taken its jobs over. */
export type Revocation = "cancelled" | "superseded"
export const revocationOf = async (folder: string): Promise<Revocation | undefined> => {
  const mark = await readMark(folder, "revoked")
  return mark === undefined ? undefined : mark === "superseded" ? mark : "cancelled"
}

/** Writes the jobs of the next batch down. @returns undefined where another launcher has made a batch of this
 *  number */
export async function createBatch(
  launchFolder: string,
  number: number,
  jobs: readonly BatchJob[],
  { moduleUrl, execArgv }: Pick<Batch, "moduleUrl" | "execArgv">,
): Promise<Batch | undefined> {
  const folder = join(launchFolder, String(number).padStart(4, "0"))
  const made = join(launchFolder, `.${randomBytes(6).toString("hex")}.tmp`)
  const head: Head = {
    jobName: `sourceprint-${randomBytes(6).toString("hex")}`,
    moduleUrl,
    execArgv,
    createdAt: new Date().toISOString(),
  }
  const lines = [head, ...jobs].map((entry) => JSON.stringify(entry))
  await writeFileAtomic(join(made, "cells.jsonl"), `${lines.join("\n")}\n`)
  await mkdir(join(made, "ends"))
  await mkdir(join(made, "logs"))
  try {
    await rename(made, folder) // fails where there is one: it is not empty
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (/^(ENOTEMPTY|EEXIST)$/.test((error as NodeJS.ErrnoException).code ?? "")) return undefined
    throw error
  }
  await syncFolder(launchFolder)
  return { ...head, folder, number, jobs }
}

/** Numbers of the batches that there are, ascending. */
export const batchNumbers = async (launchFolder: string): Promise<number[]> =>
  (await readdir(launchFolder).catch(() => []))
    .filter((name) => /^\d{4,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)

/** A batch by its folder; undefined where there is none. */
export async function readBatch(folder: string): Promise<Batch | undefined> {
  const text = await readFile(join(folder, "cells.jsonl"), "utf8").catch(() => undefined)
  if (text === undefined) return undefined
  const [head = "", ...lines] = text.trimEnd().split("\n")
  const read = <T>(line: string, schema: z.ZodType<T>): T => parseJson(line, schema, `${folder}/cells.jsonl`, damaged)
  const jobs = lines.map((row) => read(row, jobRow))
  return { ...read(head, headRow), folder, number: Number(basename(folder)), jobs }
}

/** Every batch, oldest first. */
export async function readBatches(launchFolder: string, which: "open" | "all"): Promise<Batch[]> {
  const batches: Batch[] = []
  for (const number of await batchNumbers(launchFolder)) {
    const folder = join(launchFolder, String(number).padStart(4, "0"))
    if (which === "open" && (await hasMark(folder, "closed"))) continue
    const batch = await readBatch(folder)
    if (batch !== undefined) batches.push(batch)
  }
  return batches
}

export const endPath = (folder: string, index: number): string => join(folder, "ends", `${index}.json`)
/** The log of one task, or of every task of an array as sbatch takes it. */
export const logPath = (folder: string, index: number | "%a"): string =>
  join(index === "%a" ? literalPath(folder) : folder, "logs", `${index}.log`)

/** Ends that are not in `known` yet: index -> record. */
export async function newEnds(
  { folder }: Batch,
  known: { has(index: number): boolean },
): Promise<Map<number, EndRecord>> {
  const ends = new Map<number, EndRecord>()
  for (const name of await readdir(join(folder, "ends")).catch(() => [])) {
    const index = /^(\d+)\.json$/.exec(name)?.[1]
    if (index === undefined || known.has(Number(index))) continue
    const end = await readEnd(folder, Number(index))
    if (end !== undefined) ends.set(Number(index), end) // else its task has just taken it back
  }
  return ends
}

const restartPath = (folder: string, index: number, restart: number): string =>
  join(folder, "ends", `${index}.restart-${restart}.json`)

export const noteRestart = (folder: string, index: number, restart: number, note: Restart): Promise<void> =>
  writeFileAtomic(restartPath(folder, index, restart), `${JSON.stringify(note)}\n`)

/** Restarts whose occurrence is not in `known` yet. */
export async function newRestarts(
  { folder, number }: Batch,
  known: { has(occurrence: string): boolean },
): Promise<(Interruption & { readonly index: number })[]> {
  const restarts: (Interruption & { readonly index: number })[] = []
  for (const name of await readdir(join(folder, "ends")).catch(() => [])) {
    const match = /^(\d+)\.restart-(\d+)\.json$/.exec(name)
    if (match === null) continue
    const index = Number(match[1])
    const occurrence = `slurm ${number}/${index}/restart ${match[2]}`
    if (known.has(occurrence)) continue
    const note = await readJson(join(folder, "ends", name), restartFile, damaged)
    if (note !== undefined) restarts.push({ ...note, index, occurrence })
  }
  return restarts.sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1))
}

/** What the log of a task says, from its newest start on. */
export async function newestLog(folder: string, index: number): Promise<string> {
  const text = await readFile(logPath(folder, index), "utf8").catch(() => "")
  return text.slice(Math.max(0, text.lastIndexOf(START_WORDS)))
}
/** Begins the line that a task writes when it starts. */
export const START_WORDS = "starts job"

/** A stopped task that Slurm starts again continues: what it left is not its end. */
export const takeEndBack = (folder: string, index: number): Promise<void> => rm(endPath(folder, index), { force: true })

export const readEnd = (folder: string, index: number): Promise<EndRecord | undefined> =>
  readJson(endPath(folder, index), endFile, damaged)

/** All jobs are accounted for: what they left becomes one file, the logs stay. */
export async function closeBatch({ folder }: Batch, ends: ReadonlyMap<number, EndRecord>): Promise<void> {
  if (await hasMark(folder, "closed")) return
  await setMark(folder, "closed", JSON.stringify([...ends]))
  await rm(join(folder, "ends"), { recursive: true, force: true })
}

/** A batch that was never submitted keeps its number only. */
export async function voidBatch(batch: Batch): Promise<void> {
  await closeBatch(batch, new Map())
  for (const name of ["cells.jsonl", "logs", "array.sh"])
    await rm(join(batch.folder, name), { recursive: true, force: true })
}

/** How the jobs of a closed batch ended; undefined while it is open. */
export async function closedEnds({ folder }: Batch): Promise<ReadonlyMap<number, EndRecord> | undefined> {
  const text = await readMark(folder, "closed")
  if (text === undefined) return undefined
  return new Map(text === "" ? [] : parseJson(text, endsMark, join(folder, "closed"), damaged))
}
