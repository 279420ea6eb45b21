import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import { beginBeacon, liveState, requestStop } from "./live-run.js"
import { dequeue, failEntry, isQueuePaused, type QueueEntry, queueEntries, queueFolder } from "./run-queue.js"

const LOOK_MS = 500

export interface QueueWork {
  /** Runs one experiment to its end; continues one that was begun. @throws AppError "experiment/stopped" */
  run(entry: QueueEntry): Promise<void>
  /** Goes on when the queue is empty, until the signal. */
  readonly waits: boolean
  readonly signal: AbortSignal
  logLine(line: string): void
}

/** Runs the entries of a queue one after another. An entry leaves the queue when its run is finished; one that fails
 *  stays, with the reason, and the next begins. What is added, moved or removed meanwhile counts at once.
 *  @returns how many finished, and what failed. @throws AppError "queue/held" where another process does the same */
export async function workThroughQueue(
  runsFolder: string,
  { run, waits, signal, logLine }: QueueWork,
): Promise<{ readonly finished: number; readonly failed: readonly QueueEntry[] }> {
  const folder = queueFolder(runsFolder)
  const other = await liveState(folder)
  if (other !== undefined) {
    const who = `process ${other.pid} on ${other.host}`
    throw new AppError("queue/held", `${who} works through the queue of ${runsFolder} already: add to it, or stop that`)
  }
  const beacon = await beginBeacon(folder)
  const failed: QueueEntry[] = []
  let finished = 0
  let saidPaused = false
  try {
    while (!signal.aborted) {
      const entry = (await queueEntries(runsFolder)).find(({ failure }) => failure === undefined)
      const isPaused = await isQueuePaused(runsFolder)
      if (entry === undefined && !waits) break
      if (isPaused && !saidPaused) logLine("the queue is paused; sourceprint experiment queue resume goes on")
      saidPaused = isPaused
      if (entry === undefined || isPaused) {
        await delay(LOOK_MS)
        continue
      }
      logLine(`${entry.id}: ${entry.run}, ${entry.jobs} jobs`)
      beacon.job({ kind: "started", id: entry.run, attempt: 1 })
      try {
        await run(entry)
        await dequeue(runsFolder, entry.id).catch(() => {}) // taken out meanwhile
        finished++
      } catch (error) {
        const isStopped = hasCode(error, "experiment/stopped")
        if (isStopped && signal.aborted) throw error
        if (isStopped && (await isQueuePaused(runsFolder))) continue
        failed.push(entry)
        logLine(`${entry.id}: ${entry.run} did not finish: ${messageOf(error)}`)
        await failEntry(runsFolder, entry.id, messageOf(error))
      } finally {
        beacon.job({ kind: "stopped", id: entry.run })
      }
    }
    return { finished, failed }
  } finally {
    await beacon.end()
  }
}

/** The run that the queue is at; undefined where nobody works through it. */
export async function queueIsAt(runsFolder: string): Promise<string | undefined> {
  return (await liveState(queueFolder(runsFolder)))?.running[0]?.job
}

/** Asks the run that the queue is at to stop; its jobs save their state. */
export async function stopQueuedRun(runsFolder: string): Promise<void> {
  const run = await queueIsAt(runsFolder)
  if (run !== undefined) await requestStop(join(runsFolder, run))
}
