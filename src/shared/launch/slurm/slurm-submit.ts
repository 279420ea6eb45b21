import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { AppError, messageOf } from "../../errors.js"
import { writeFileAtomic } from "../../store/atomic-file.js"
import { type Batch, closeBatch, logPath, setMark } from "./slurm-batch.js"
import { sbatch, scancel, squeue } from "./slurm-commands.js"
import { arrayScript } from "./slurm-script.js"
import type { SlurmSettings } from "./slurm-settings.js"

/** Submits one array of `arrays` that share the limit of tasks at a time.
 *  @returns the job id. @throws AppError "slurm/submit": nothing of the batch runs or will run */
export async function submitBatch(batch: Batch, settings: SlurmSettings, arrays: number): Promise<string> {
  const { folder, jobName, cells } = batch
  const limit = settings.arrayLimit === undefined ? undefined : Math.ceil(settings.arrayLimit / arrays)
  const path = join(folder, "array.sh")
  const script = arrayScript(settings, {
    jobName,
    count: cells.length,
    limit,
    workFolder: process.cwd(),
    logs: logPath(folder, "%a"),
    command: [
      process.execPath,
      fileURLToPath(new URL("./slurm-task.js", import.meta.url)),
      folder,
      String(settings.requeues),
      String(settings.stopSeconds),
    ],
  })
  await writeFileAtomic(path, script)
  const jobId = await sbatch(path).catch(async (cause) => {
    // "Socket timed out" and its like: the controller may have taken the job all the same.
    const [taken] = await squeue([jobName]).catch(() => [])
    if (taken !== undefined) return taken.jobId
    await setMark(folder, "revoked")
    await scancel([jobName]).catch(() => {}) // `revoked` alone keeps its tasks from working
    await closeBatch(batch)
    throw new AppError("slurm/submit", `Slurm refused ${cells.length} cells: ${messageOf(cause)}`, { cause })
  })
  await setMark(folder, "job", jobId)
  return jobId
}
