import { fork } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { writeFileAtomic } from "../../files/atomic-file.js"
import type { JobMessage } from "../job-process.js"
import type { FailureKind } from "../launcher.js"
import { startsFrom } from "../saved-state.js"
import { mayRetry, spend } from "./slurm-allowance.js"
import {
  type BatchJob,
  type EndRecord,
  endPath,
  hasMark,
  newestLog,
  newRestarts,
  noteRestart,
  type Restart,
  readBatch,
  readEnd,
  START_WORDS,
  takeEndBack,
} from "./slurm-batch.js"
import { SlurmSettings } from "./slurm-settings.js"
import { askStopCause, daemonSays, SAYS_CAUSE } from "./slurm-stop.js"

/** One array task: `node slurm-task.js <batch folder> <limits as JSON> <index>`. Runs the job in a process of
 *  its own, passes Slurm's request to stop on, and leaves an end-record. A task whose batch was revoked, or that has
 *  ended, does nothing; one that Slurm itself started again notes why and continues. */
const [folder = "", limits = "{}", index = ""] = process.argv.slice(2)
const { requeues, preemptions, stopSeconds } = SlurmSettings.pick({
  requeues: true,
  preemptions: true,
  stopSeconds: true,
}).parse(JSON.parse(limits))
const PROGRESS_EVERY_MS = 30_000
const log = (text: string): void => void process.stderr.write(`${new Date().toISOString()} ${text}\n`)

async function run(): Promise<void> {
  const batch = await readBatch(folder)
  const job = batch?.jobs[Number(index)]
  if (batch === undefined || job === undefined)
    throw new RangeError(`${join(folder, "cells.jsonl")} has no job ${index}`)
  const restarts = Number(process.env.SLURM_RESTART_COUNT ?? 0)
  const before = await readEnd(folder, Number(index))
  const goesOn = before === undefined || (before.outcome === "stopped" && restarts > 0)
  if ((await hasMark(folder, "revoked")) || (await hasMark(folder, "closed")) || !goesOn) {
    return log("nothing to do: cancelled or done")
  }
  const leave = (end: Omit<EndRecord, "id">): Promise<void> =>
    writeFileAtomic(endPath(folder, Number(index)), `${JSON.stringify({ id: job.id, ...end })}\n`)
  if (restarts > 0) {
    const note = await restartNote(before, job)
    const noted = (await newRestarts(batch, new Set())).filter((one) => one.index === Number(index))
    const spent = [...noted, note].reduce((sum, { cause }) => spend(sum, cause), job.spent)
    if (!mayRetry(spent, { requeues, preemptions })) {
      const message = `Slurm started it ${restarts + 1} times; at last ${note.message}`
      return await leave({ outcome: "failed", cause: note.cause, message, peakMemoryMb: 0 })
    }
    await noteRestart(folder, Number(index), restarts, note)
    await takeEndBack(folder, Number(index))
  }
  log(`${START_WORDS} ${job.id}, attempt ${job.attempt}, restart ${restarts}, on ${process.env.SLURMD_NODENAME ?? "?"}`)
  await leave(await outcomeOf(batch.moduleUrl, batch.execArgv, job.payload))
}

/** Slurm sends a signal before it takes a task back; a task that left no word died with its node. */
async function restartNote(before: EndRecord | undefined, job: BatchJob): Promise<Restart> {
  const from = await startsFrom(job)
  if (before?.cause !== undefined) return { cause: before.cause, message: before.message ?? "", from }
  const said = daemonSays(await newestLog(folder, Number(index)))
  if (said !== undefined) return { cause: said, message: `${SAYS_CAUSE[said]}; it left no word`, from }
  if (before !== undefined) return { cause: "requeued", message: SAYS_CAUSE.requeued, from }
  return { cause: "node", message: "it ended without a message: its node or that node's slurmd failed", from }
}

function outcomeOf(moduleUrl: string, execArgv: readonly string[], payload: unknown): Promise<Omit<EndRecord, "id">> {
  return new Promise((resolve) => {
    const worker = fork(
      fileURLToPath(new URL("../job-process.js", import.meta.url)),
      [moduleUrl, JSON.stringify(payload)],
      { execArgv: [...execArgv], stdio: ["ignore", "inherit", "pipe", "ipc"] },
    )
    let lastWords = ""
    worker.stderr?.on("data", (chunk) => {
      process.stderr.write(chunk)
      lastWords = (lastWords + chunk).slice(-2000)
    })
    let peakMemoryMb = 0
    let end: Omit<EndRecord, "id" | "peakMemoryMb"> | undefined
    let shownMs = Number.NEGATIVE_INFINITY
    worker.on("message", (message: JobMessage) => {
      peakMemoryMb = Math.max(peakMemoryMb, message.memoryMb)
      if (message.kind !== "progress") {
        end =
          message.kind === "failed"
            ? { outcome: "failed", cause: "failed", message: message.message }
            : { outcome: message.kind }
      } else if (performance.now() - shownMs > PROGRESS_EVERY_MS) {
        shownMs = performance.now()
        log(`${Math.floor(100 * message.fraction)} % ${message.note}`)
      }
    })
    let why: Promise<FailureKind | undefined> = Promise.resolve(undefined)
    const stop = (): void => {
      log("asked to stop")
      why = askStopCause(stopSeconds)
      if (worker.connected) worker.send("stop", () => {}) // it may have ended meanwhile; `close` tells
    }
    process.on("SIGTERM", stop)
    worker.once("error", (error) => {
      resolve({
        outcome: "failed",
        cause: "crashed",
        message: `the job did not start: ${error.message}`,
        peakMemoryMb,
      })
    })
    worker.once("close", async (code, signal) => {
      process.removeListener("SIGTERM", stop)
      const how = signal === null ? `exit code ${code}` : signal
      const cause = lastWords.includes("heap out of memory") ? "memory" : "crashed"
      const words = lastWords.trim() === "" ? "" : `; its last words: ${lastWords.trim()}`
      end ??= { outcome: "failed", cause, message: `the job ended with ${how} and without a result${words}` }
      if (end.outcome !== "finished") {
        const asked = daemonSays(await newestLog(folder, Number(index))) ?? (await why)
        const saved = end.outcome === "stopped" ? "; its state is saved" : ""
        if (asked !== undefined && end.cause !== "failed")
          end = { ...end, cause: asked, message: `${SAYS_CAUSE[asked]}${saved}` }
      }
      log(`${end.outcome}${end.message === undefined ? "" : `: ${end.message}`}`)
      resolve({ ...end, peakMemoryMb })
    })
  })
}

await run()
