import { appendFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { JobEvent } from "@sourceprint/core/launch/launcher.js"
import { z } from "zod"
import { launchFolder } from "./run-record.js"

/** live.json in the launch folder of a run: the process that is at work on it, and what its jobs do. */
const LiveState = z.object({
  pid: z.int(),
  host: z.string(),
  /** ISO 8601; of the last change. */
  at: z.string(),
  running: z.array(z.object({ job: z.string(), fraction: z.number(), note: z.string() })),
})
export type LiveState = Readonly<z.infer<typeof LiveState>>

const livePath = (runFolder: string): string => join(launchFolder(runFolder), "live.json")
const stopPath = (runFolder: string): string => join(launchFolder(runFolder), "stop")
/** Lines that runs of the folder wrote, oldest first, each with its time. */
export const runLogPath = (runFolder: string): string => join(launchFolder(runFolder), "log.txt")

const BEAT_MS = 500
/** A process of another machine that has said nothing for so long is gone. */
const SILENT_MS = 60_000

/** Says beside a run that somebody is at work on it, and listens for a request to stop. */
export interface RunBeacon {
  /** Aborted by `requestStop`, or with the signal that was given. */
  readonly signal: AbortSignal
  /** Into the run's log. */
  logLine(line: string): void
  job(event: JobEvent): void
  /** Nobody is at work any more. */
  end(): Promise<void>
}

/** Begins: live.json is there until `end`. What cannot be written is passed over: a run is worth more than its log. */
export async function beginBeacon(runFolder: string, given?: AbortSignal): Promise<RunBeacon> {
  const stopping = new AbortController()
  const running = new Map<string, { fraction: number; note: string }>()
  let changed = true
  let writes: Promise<unknown> = Promise.resolve()
  const queue = (write: () => Promise<unknown>): void => {
    writes = writes.then(write).catch(() => {})
  }
  const beat = async (): Promise<void> => {
    if (await exists(stopPath(runFolder))) stopping.abort()
    if (!changed && Date.now() - lastMs < SILENT_MS / 4) return
    changed = false
    lastMs = Date.now()
    const jobs = [...running].map(([job, state]) => ({ job, ...state }))
    const state: LiveState = { pid: process.pid, host: hostname(), at: new Date().toISOString(), running: jobs }
    await writeFileAtomic(livePath(runFolder), JSON.stringify(state))
  }
  let lastMs = 0
  await mkdir(launchFolder(runFolder), { recursive: true }).catch(() => {})
  await rm(stopPath(runFolder), { force: true })
  queue(beat)
  await writes
  const timer = setInterval(() => queue(beat), BEAT_MS)
  timer.unref()
  return {
    signal: given === undefined ? stopping.signal : AbortSignal.any([given, stopping.signal]),
    logLine: (line) =>
      queue(() => appendFile(runLogPath(runFolder), `${new Date().toISOString()} ${line.replaceAll("\n", "\n  ")}\n`)),
    job(event) {
      if (event.kind === "started") running.set(event.id, { fraction: 0, note: "" })
      else if (event.kind === "progress") running.set(event.id, { fraction: event.fraction, note: event.note })
      else running.delete(event.id)
      changed = true
    },
    async end() {
      clearInterval(timer)
      await writes
      for (const path of [livePath(runFolder), stopPath(runFolder)]) await rm(path, { force: true }).catch(() => {})
    },
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

/** What is done on a run now; undefined where no process is at work on it (also after a kill). */
export async function liveState(runFolder: string): Promise<LiveState | undefined> {
  const text = await readFile(livePath(runFolder), "utf8").catch(() => undefined)
  if (text === undefined) return undefined
  const { data } = LiveState.safeParse(parsed(text))
  if (data === undefined) return undefined
  const isAlive = data.host === hostname() ? isProcess(data.pid) : Date.now() - Date.parse(data.at) < SILENT_MS
  return isAlive ? data : undefined
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Asks the process that is at work on a run to stop as Ctrl-C does: jobs save their state. It follows within a second.
 *  @throws AppError "file/write" */
export const requestStop = (runFolder: string): Promise<void> => writeFileAtomic(stopPath(runFolder), "")

const LOG_BYTES = 64 * 1024

/** The last lines of a run's log; none where it has none. */
export async function runLog(runFolder: string, lines: number): Promise<string[]> {
  const bytes = await readFile(runLogPath(runFolder)).catch(() => undefined)
  if (bytes === undefined) return []
  const text = bytes.subarray(Math.max(0, bytes.length - LOG_BYTES)).toString("utf8")
  return text.trimEnd().split("\n").slice(-lines)
}

const epochsPath = (jobFolder: string): string => join(jobFolder, "epochs.json")

/** Keeps a job's epochs beside its checkpoint, for who watches; gone when the job is finished. */
export const keepEpochs = (jobFolder: string, history: readonly unknown[]): Promise<void> =>
  mkdir(jobFolder, { recursive: true }).then(() => writeFile(epochsPath(jobFolder), JSON.stringify(history)))

/** As `keepEpochs` left them; undefined where there are none or they are just being written. */
export const keptEpochs = (jobFolder: string): Promise<unknown> =>
  readFile(epochsPath(jobFolder), "utf8").then(parsed, () => undefined)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const dropEpochs = (jobFolder: string): Promise<void> => rm(epochsPath(jobFolder), { force: true })
