import { resolve } from "node:path"
import { revoke } from "./slurm-adopt.js"
import { readBatches } from "./slurm-batch.js"
import { scancel, squeue } from "./slurm-commands.js"
import { dependentName } from "./slurm-dependent.js"
import { isLive } from "./slurm-queue.js"

/** What a run has left in the queue when it is cancelled. */
export interface CancelledTasks {
  readonly running: number
  readonly waiting: number
}

/** Cancels what a run has in the queue, the job that stands in for a command first, or it would begin again; jobs save
 *  their state. @throws AppError "slurm/silent", "slurm/missing" */
export async function cancelSlurmRun(folder: string): Promise<CancelledTasks> {
  const open = await readBatches(resolve(folder), "open")
  const follower = await dependentName(resolve(folder))
  if (follower !== "") await scancel([follower])
  const live = (await squeue(open.map(({ jobName }) => jobName))).filter(isLive)
  const waiting = live.filter(({ state }) => state === "PENDING").length
  for (const batch of open) await revoke(batch, "cancelled", { logLine: () => {}, everySeconds: 1, seconds: 0 })
  return { running: live.length - waiting, waiting }
}
