import { fork } from "node:child_process"

import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { writeFileAtomic } from "../../store/atomic-file.js"
import type { CellMessage } from "../cell-process.js"
import { type EndRecord, endPath, hasEnd, hasMark, readBatch } from "./slurm-batch.js"

/** One array task: `node slurm-task.js <batch folder> <requeues> <index>`. Runs the cell in a process of its own, passes
 *  Slurm's request to stop on, and leaves an end-record. A task whose batch was revoked, or that has one, does nothing. */
const [folder = "", requeues = "0", index = ""] = process.argv.slice(2)
const PROGRESS_EVERY_MS = 30_000
const log = (text: string): void => void process.stderr.write(`${new Date().toISOString()} ${text}\n`)

async function run(): Promise<void> {
  const batch = await readBatch(folder)
  const cell = batch?.cells[Number(index)]
  if (batch === undefined || cell === undefined)
    throw new RangeError(`${join(folder, "cells.jsonl")} has no cell ${index}`)
  if (
    (await hasMark(folder, "revoked")) ||
    (await hasMark(folder, "closed")) ||
    (await hasEnd(folder, Number(index)))
  ) {
    return log("nothing to do: cancelled or done")
  }
  const restarts = Number(process.env.SLURM_RESTART_COUNT ?? 0)
  const leave = (end: Omit<EndRecord, "id">): Promise<void> =>
    writeFileAtomic(endPath(folder, Number(index)), `${JSON.stringify({ id: cell.id, ...end })}\n`)
  if (restarts > Number(requeues)) {
    const message = `Slurm started it ${restarts + 1} times: nodes failed or it was pre-empted`
    return await leave({ outcome: "failed", cause: "node", message, peakMemoryMb: 0 })
  }
  log(
    `cell ${cell.id}, attempt ${cell.attempt}, restart ${restarts}, on ${process.env.SLURMD_NODENAME ?? "?"}`,
  )
  await leave(await outcomeOf(batch.moduleUrl, batch.execArgv, cell.payload))
}

function outcomeOf(
  moduleUrl: string,
  execArgv: readonly string[],
  payload: unknown,
): Promise<Omit<EndRecord, "id">> {
  return new Promise((resolve) => {
    const worker = fork(
      fileURLToPath(new URL("../cell-process.js", import.meta.url)),
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
    worker.on("message", (message: CellMessage) => {
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
    const stop = (): void => {
      log("asked to stop")
      if (worker.connected) worker.send("stop", () => {}) // it may have ended meanwhile; `close` tells
    }
    process.on("SIGTERM", stop)
    worker.once("error", (error) => {
      resolve({
        outcome: "failed",
        cause: "crashed",
        message: `the cell did not start: ${error.message}`,
        peakMemoryMb,
      })
    })
    worker.once("close", (code, signal) => {
      process.removeListener("SIGTERM", stop)
      const how = signal === null ? `exit code ${code}` : signal
      const cause = lastWords.includes("heap out of memory") ? "memory" : "crashed"
      const words = lastWords.trim() === "" ? "" : `; its last words: ${lastWords.trim()}`
      end ??= { outcome: "failed", cause, message: `the cell ended with ${how} and without a result${words}` }
      log(`${end.outcome}${end.message === undefined ? "" : `: ${end.message}`}`)
      resolve({ ...end, peakMemoryMb })
    })
  })
}

await run()
