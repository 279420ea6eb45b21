import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { hasCode } from "../../errors.js"
import { writeFileAtomic } from "../../files/atomic-file.js"
import { type Batch, logPath, setMark, voidBatch } from "./slurm-batch.js"
import { sbatch, scancel, squeue } from "./slurm-commands.js"
import { arrayScript } from "./slurm-script.js"
import type { SlurmSettings } from "./slurm-settings.js"

/** Submits one array of `arrays` that share the limit of tasks at a time.
 *  @returns the job id. @throws AppError of `sbatch`: nothing of the batch runs or will run */
export async function submitBatch(batch: Batch, settings: SlurmSettings, arrays: number): Promise<string> {
  const { folder, jobName, jobs } = batch
  const path = join(folder, "array.sh")
  const script = arrayScript(settings, {
    jobName,
    count: jobs.length,
    limit: settings.arrayLimit === undefined ? undefined : Math.ceil(settings.arrayLimit / arrays),
    workFolder: process.cwd(),
    command: [
      fileURLToPath(new URL("./slurm-task.js", import.meta.url)),
      folder,
      JSON.stringify({
        requeues: settings.requeues,
        preemptions: settings.preemptions,
        stopSeconds: settings.stopSeconds,
      }),
    ],
  })
  await writeFileAtomic(path, script)
  const jobId = await sbatch(path, logPath(folder, "%a")).catch(async (error) => {
    // "Socket timed out" and its like: the controller may have taken the job all the same. What it refuses may be
    // listed too, as failed.
    const [taken] = hasCode(error, "slurm/silent") ? await squeue([jobName]).catch(() => []) : []
    if (taken !== undefined) return taken.jobId
    await setMark(folder, "revoked", "superseded")
    await scancel([jobName]).catch(() => {}) // `revoked` alone keeps its tasks from working
    await voidBatch(batch)
    throw error
  })
  await setMark(folder, "job", jobId)
  return jobId
}
