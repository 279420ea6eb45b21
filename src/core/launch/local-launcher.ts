import { type ChildProcess, fork } from "node:child_process"
import { readFile } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import type { JobMessage } from "./job-process.js"
import type { FailureKind, Job, JobEvent, Launcher, LaunchRequest } from "./launcher.js"
import { startsFrom } from "./saved-state.js"

export interface LocalLimits {
  /** Processes at a time; undefined: one a core. */
  readonly workers?: number | undefined
  /** Resident memory that one worker may use; beyond it the worker is ended and the job fails as "memory". */
  readonly memoryMbPerWorker: number
  /** A job whose worker crashed starts again, from its checkpoint, at most this often. */
  readonly crashRetries: number
  /** A worker that is asked to stop has this long to save its state; then it is ended. Absent: 30 s. */
  readonly stopGraceMs?: number
}

const STOP_GRACE_MS = 30_000
const MEMORY_CHECK_MS = 500
const PAGE_MB = 4096 / 2 ** 20

export const workersOf = (limits: LocalLimits): number => limits.workers ?? availableParallelism()

/** A process that has finished a job takes the next one, unless it has grown: its engine starts once. */
interface KeptWorker {
  worker: ChildProcess | undefined
}
/** Of the memory that a worker may use: one that holds more when its job is done is not kept. */
const KEPT_SHARE = 0.5

/** Jobs in processes of this machine, at most `workers` at a time, in the given order. What goes wrong in a job ends
 *  its process and no other. */
export function localLauncher(limits: LocalLimits): Launcher {
  return {
    async launch(request) {
      const waiting = [...request.jobs].reverse()
      const lane = async (): Promise<void> => {
        const kept: KeptWorker = { worker: undefined }
        try {
          for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
            if (request.signal?.aborted) return
            await runWithRetries(job, request, limits, kept)
          }
        } finally {
          if (kept.worker !== undefined) dismiss(kept.worker)
        }
      }
      await Promise.all(Array.from({ length: Math.min(workersOf(limits), request.jobs.length) }, lane))
    },
  }
}

async function runWithRetries(job: Job, request: LaunchRequest, limits: LocalLimits, kept: KeptWorker): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await request.onEvent({ kind: "started", id: job.id, attempt })
    const wasKept = kept.worker !== undefined
    const first = await runOnce(job, request, limits, kept)
    // What an earlier job left in the process may have been the rest.
    const isAgain = wasKept && first.kind === "failed" && first.cause === "memory"
    const end = isAgain ? await runOnce(job, request, limits, kept) : first
    const again = end.kind === "failed" && end.cause === "crashed" && attempt <= limits.crashRetries
    if (!again || request.signal?.aborted) return await request.onEvent(end)
    await request.onEvent({ ...end, kind: "retried", from: await startsFrom(job) })
  }
}

type End = Extract<JobEvent, { kind: "finished" | "stopped" | "failed" }>

/** One job in the process that is kept, or in a new one. The last message decides; no last message is a crash. */
function runOnce({ id, payload }: Job, request: LaunchRequest, limits: LocalLimits, kept: KeptWorker): Promise<End> {
  return new Promise((resolve) => {
    const again = kept.worker?.connected === true ? kept.worker : undefined
    const worker = again ?? forked(request.moduleUrl, limits)
    kept.worker = undefined
    worker.send({ kind: "job", payload }, () => {}) // where it has ended, `close` tells
    let lastWords = ""
    const hear = (chunk: unknown): void => {
      lastWords = (lastWords + chunk).slice(-2000)
    }
    worker.stderr?.on("data", hear)
    let end: End | undefined
    let peakMemoryMb = 0
    const failed = (cause: FailureKind, message: string): End => ({
      kind: "failed",
      id,
      cause,
      message,
      occurrence: `local ${new Date().toISOString()}`,
    })
    const sawMemory = (memoryMb: number): void => {
      peakMemoryMb = Math.max(peakMemoryMb, memoryMb)
      if (memoryMb <= limits.memoryMbPerWorker || end !== undefined) return
      end = failed(
        "memory",
        `the worker used ${Math.round(memoryMb)} MB, the bound is ${limits.memoryMbPerWorker} MB; ` +
          "raise run.memoryMbPerWorker or make the batch, the view or the model smaller",
      )
      worker.kill("SIGKILL")
    }
    const receive = (message: JobMessage): void => {
      sawMemory(message.memoryMb)
      if (end !== undefined) return
      if (message.kind === "progress") {
        void request.onEvent({ kind: "progress", id, fraction: message.fraction, note: message.note })
      } else if (message.kind === "failed") end = failed("failed", message.message)
      else end = message.kind === "finished" ? { kind: "finished", id, peakMemoryMb } : { kind: "stopped", id }
      if (message.kind !== "finished") return
      if (message.memoryMb > KEPT_SHARE * limits.memoryMbPerWorker) dismiss(worker)
      else {
        kept.worker = worker
        close({ kind: "finished", id, peakMemoryMb })
      }
    }
    worker.on("message", receive)
    const watch = setInterval(() => void residentMb(worker).then(sawMemory), MEMORY_CHECK_MS)
    let grace: NodeJS.Timeout | undefined
    const stop = (): void => {
      if (worker.connected) worker.send("stop", () => {}) // it may have ended meanwhile; `close` tells
      grace = setTimeout(() => worker.kill("SIGKILL"), limits.stopGraceMs ?? STOP_GRACE_MS)
    }
    request.signal?.addEventListener("abort", stop, { once: true })
    if (request.signal?.aborted) stop()
    const close = (ended: End): void => {
      clearInterval(watch)
      clearTimeout(grace)
      request.signal?.removeEventListener("abort", stop)
      worker.off("message", receive).off("error", startFailed).off("close", closed)
      worker.stderr?.off("data", hear)
      resolve(ended)
    }
    // What ends without a result while all is being stopped was stopped, also by the kill that ends its grace or,
    // before it could listen, by the Ctrl-C that reached the whole group; whether it would have failed, nobody knows.
    const died = (cause: FailureKind, message: string, signal: NodeJS.Signals | null = null): End =>
      cause === "crashed" && (request.signal?.aborted || signal === "SIGINT" || signal === "SIGTERM")
        ? { kind: "stopped", id }
        : failed(cause, message)
    const startFailed = (error: Error): void =>
      close(end ?? died("crashed", `the worker did not start: ${error.message}`))
    const closed = (code: number | null, signal: NodeJS.Signals | null): void => {
      const how = signal === null ? `exit code ${code}` : signal
      const heapFull = lastWords.includes("heap out of memory")
      const words = lastWords.trim() === "" ? "" : `; its last words: ${lastWords.trim()}`
      const message = `the worker ended with ${how} and without a result${words}`
      close(end ?? died(heapFull ? "memory" : "crashed", message, signal))
    }
    worker.once("error", startFailed).once("close", closed)
  })
}

/** Has a process that has no job end itself. */
const dismiss = (worker: ChildProcess): void => {
  if (worker.connected) worker.send("end", () => {})
}

function forked(moduleUrl: string, { memoryMbPerWorker }: LocalLimits): ChildProcess {
  const worker = fork(fileURLToPath(new URL("./job-process.js", import.meta.url)), [moduleUrl], {
    execArgv: [...process.execArgv.filter(passedOn), `--max-old-space-size=${memoryMbPerWorker}`],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  })
  worker.on("error", () => {}) // also between two jobs; whoever waits for it is told by its own listener
  return worker
}

/** Inspector ports and the test runner's own flags must not reach a worker. */
const passedOn = (flag: string): boolean => flag === "--enable-source-maps"

/** Resident memory as the system sees it, so that a worker that never yields is seen too; 0 where unknown. */
async function residentMb(worker: ChildProcess): Promise<number> {
  if (process.platform !== "linux" || worker.pid === undefined) return 0
  try {
    return Number((await readFile(`/proc/${worker.pid}/statm`, "utf8")).split(" ")[1]) * PAGE_MB
  } catch {
    return 0 // it has just ended
  }
}
