import { delay } from "../../async/delay.js"
import {
  type Batch,
  type BatchJob,
  closeBatch,
  type EndRecord,
  hasMark,
  newEnds,
  readBatches,
  revocationOf,
  setMark,
} from "./slurm-batch.js"
import { scancel, squeue } from "./slurm-commands.js"
import { isLive } from "./slurm-queue.js"
import { type SlurmRetryOptions, withSlurmRetry } from "./slurm-retry.js"
import type { SlurmSettings } from "./slurm-settings.js"

/** A submission that is older has surely come to an end, whatever the nodes' clocks say. */
const OLD_MS = 600_000

/** What other launches have submitted. */
export interface Adopted {
  /** Arrays to follow, oldest first. */
  readonly batches: readonly Batch[]
  /** Jobs that finished in arrays that are over. */
  readonly finished: readonly EndRecord[]
}

/** Arrays with jobs that `isOurs`: "open" of all, or "new" ones, open or not. Arrays that were revoked, or whose
 *  submission nobody finishes, are ended first, so that no job runs beside its successor. */
export async function adoptBatches(
  folder: string,
  { which, after }: { readonly which: "open" | "new"; readonly after: number },
  isOurs: (job: BatchJob) => boolean,
  settings: SlurmSettings,
  patience: SlurmRetryOptions,
): Promise<Adopted> {
  const { logLine } = patience
  const batches: Batch[] = []
  const finished: EndRecord[] = []
  for (const batch of await readBatches(folder, which === "open" ? "open" : "all")) {
    if (batch.number <= after) continue
    const isClosed = await hasMark(batch.folder, "closed")
    if (!isClosed) {
      await settleSubmission(batch, settings, patience)
      const isRevoked = (await revocationOf(batch.folder)) !== undefined
      if (isRevoked) await untilGone(batch, settings, patience)
      if (isRevoked || !batch.jobs.some(isOurs)) {
        const ends = [...(await newEnds(batch, new Set()))].filter(([, end]) => end.outcome === "finished")
        await closeBatch(batch, new Map(ends)) // whoever follows it too has the other jobs to run
        finished.push(...ends.map(([, end]) => end))
        continue
      }
      logLine(`continues with the ${batch.jobs.length} jobs of an earlier submission`)
    } else if (!batch.jobs.some(isOurs)) continue
    batches.push(batch)
  }
  return { batches, finished }
}

/** Finds out whether an array without a job id was submitted; one that was not is revoked. */
async function settleSubmission(
  batch: Batch,
  { settleSeconds, pollSeconds }: SlurmSettings,
  patience: SlurmRetryOptions,
): Promise<void> {
  const untilMs = performance.now() + (Date.now() - Date.parse(batch.createdAt) > OLD_MS ? 0 : 1000 * settleSeconds)
  while (!(await hasMark(batch.folder, "job")) && !(await hasMark(batch.folder, "closed"))) {
    const tasks = await withSlurmRetry(() => squeue([batch.jobName]), patience)
    if (tasks === undefined) return
    if (tasks.length > 0) return await setMark(batch.folder, "job", tasks[0]?.jobId)
    if ((await newEnds(batch, new Set())).size > 0) return
    if (performance.now() >= untilMs) return await revoke(batch, "superseded", patience)
    await delay(1000 * pollSeconds) // another command may be submitting it at this moment
  }
}

/** Ends an array for good. */
export async function revoke(
  { folder, jobName }: Batch,
  why: "cancelled" | "superseded",
  patience: SlurmRetryOptions,
): Promise<void> {
  await setMark(folder, "revoked", why) // first: a task that starts meanwhile sees it
  await withSlurmRetry(() => scancel([jobName]), patience)
}

async function untilGone(
  { jobName, folder }: Batch,
  { pollSeconds }: SlurmSettings,
  patience: SlurmRetryOptions,
): Promise<void> {
  let told = false
  while ((await withSlurmRetry(() => squeue([jobName]), patience))?.some(isLive)) {
    if (!told) patience.logLine(`waits for the cancelled tasks of ${folder}`)
    told = true
    await delay(1000 * pollSeconds)
  }
}
