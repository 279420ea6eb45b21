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

/** Jobs in processes of their own on this machine's cores, at most `workers` at a time, in the given order. */
export function localLauncher(limits: LocalLimits): Launcher {
  return {
    async launch(request) {
      const waiting = [...request.jobs].reverse()
      const lane = async (): Promise<void> => {
        for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
          if (request.signal?.aborted) return
          await runWithRetries(job, request, limits)
        }
      }
      await Promise.all(Array.from({ length: Math.min(workersOf(limits), request.jobs.length) }, lane))
    },
  }
}

async function runWithRetries(job: Job, request: LaunchRequest, limits: LocalLimits): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await request.onEvent({ kind: "started", id: job.id, attempt })
    const end = await runOnce(job, request, limits)
    const again = end.kind === "failed" && end.cause === "crashed" && attempt <= limits.crashRetries
    if (!again || request.signal?.aborted) return await request.onEvent(end)
    await request.onEvent({ ...end, kind: "retried", from: await startsFrom(job) })
  }
}

type End = Extract<JobEvent, { kind: "finished" | "stopped" | "failed" }>

/** One process from fork to exit. The last message decides; no last message is a crash. */
function runOnce({ id, payload }: Job, request: LaunchRequest, limits: LocalLimits): Promise<End> {
  return new Promise((resolve) => {
    const worker = fork(
      fileURLToPath(new URL("./job-process.js", import.meta.url)),
      [request.moduleUrl, JSON.stringify(payload)],
      {
        execArgv: [...process.execArgv.filter(passedOn), `--max-old-space-size=${limits.memoryMbPerWorker}`],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      },
    )
    let lastWords = ""
    worker.stderr?.on("data", (chunk) => {
      lastWords = (lastWords + chunk).slice(-2000)
    })
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
    worker.on("message", (message: JobMessage) => {
      sawMemory(message.memoryMb)
      if (end !== undefined) return
      if (message.kind === "progress") {
        void request.onEvent({ kind: "progress", id, fraction: message.fraction, note: message.note })
      } else if (message.kind === "failed") end = failed("failed", message.message)
      else end = message.kind === "finished" ? { kind: "finished", id, peakMemoryMb } : { kind: "stopped", id }
    })
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
      resolve(ended)
    }
    // What ends without a result while all is being stopped was stopped, also by the kill that ends its grace or,
    // before it could listen, by the Ctrl-C that reached the whole group; whether it would have failed, nobody knows.
    const died = (cause: FailureKind, message: string, signal: NodeJS.Signals | null = null): End =>
      cause === "crashed" && (request.signal?.aborted || signal === "SIGINT" || signal === "SIGTERM")
        ? { kind: "stopped", id }
        : failed(cause, message)
    worker.once("error", (error) => close(end ?? died("crashed", `the worker did not start: ${error.message}`)))
    worker.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : signal
      const heapFull = lastWords.includes("heap out of memory")
      const words = lastWords.trim() === "" ? "" : `; its last words: ${lastWords.trim()}`
      const message = `the worker ended with ${how} and without a result${words}`
      close(end ?? died(heapFull ? "memory" : "crashed", message, signal))
    })
  })
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
