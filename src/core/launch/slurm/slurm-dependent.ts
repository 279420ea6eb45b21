import { randomBytes } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { AppError } from "../../errors.js"
import { writeFileAtomic } from "../../files/atomic-file.js"
import { readBatches } from "./slurm-batch.js"
import { findJob, sbatch, scancel, updateJob } from "./slurm-commands.js"
import { followScript, literalPath } from "./slurm-script.js"
import type { SlurmSettings } from "./slurm-settings.js"

export interface DependentPlace {
  /** Of the run's launches. */
  readonly folder: string
  /** Arguments of node: requeues what the cluster ended, sums the run up and renders its report; run as a job. */
  readonly command: readonly string[]
  /** Nobody follows but that job. */
  readonly detach: boolean
  readonly logLine?: ((line: string) => void) | undefined
}

/** The job that ends a run when every array has ended. While a command follows the run itself, it holds that job back
 *  by putting its begin off (a lease that the controller keeps, so that no clock and no lock file decides); when the
 *  command dies, the job begins when its turn comes. */
export interface DependentJob {
  readonly detach: boolean
  /** True in the very process that the job runs. */
  isSelf(): Promise<boolean>
  /** Takes a job of an earlier command over. @throws AppError "slurm/followed" where it is at work already */
  take(): Promise<void>
  /** Submits it, or has it wait for these array jobs too. */
  waitFor(arrayJobs: readonly string[]): Promise<void>
  /** False when the job has begun, after this command was away for too long. */
  renew(): Promise<boolean>
  /** "done": it is not needed any more. "left": it may begin as soon as the arrays have ended, if there are any. */
  end(how: "done" | "left"): Promise<void>
}

/** Holds the job's unique name. */
const MARK = "follower"

export const dependentName = async (folder: string): Promise<string> =>
  (await readFile(join(folder, MARK), "utf8").catch(() => "")).trim()

export function dependentJob(settings: SlurmSettings, place: DependentPlace): DependentJob {
  const { command, detach, logLine = () => {} } = place
  const folder = resolve(place.folder)
  const lease = `StartTime=now+${settings.leaseSeconds}`
  let held: string | undefined
  /** The name of a job that may have been submitted. */
  let unsure: string | undefined
  let timer: NodeJS.Timeout | undefined
  let self: Promise<boolean> | undefined
  const isSelf = (): Promise<boolean> => {
    self ??= dependentName(folder).then((name) => name !== "" && name === process.env.SLURM_JOB_NAME)
    return self
  }
  const renew = async (): Promise<boolean> => {
    if (held === undefined) return true
    const id = held
    const isPutOff = await updateJob(id, lease).then(
      () => true,
      () => false,
    )
    if (isPutOff) return true
    const state = (await findJob(await dependentName(folder)).catch(() => ({ state: "PENDING" })))?.state
    if (state === "PENDING") return true // the controller did not answer; the lease runs on
    held = undefined
    return state === undefined || state === "CANCELLED" // by `experiment cancel`: nobody stands in any more
  }
  const hold = (id: string): void => {
    held = id
    clearInterval(timer)
    timer = setInterval(() => void renew(), (1000 * settings.leaseSeconds) / 3)
    timer.unref()
  }
  return {
    detach,
    isSelf,
    renew,
    async take() {
      if (await isSelf()) return
      const name = await dependentName(folder)
      const job = name === "" ? undefined : await findJob(name)
      if (job === undefined || !/^(PENDING|RUNNING|COMPLETING|CONFIGURING|SUSPENDED)$/.test(job.state)) return
      const taken =
        job.state === "PENDING" &&
        (await updateJob(job.id, lease).then(
          () => true,
          () => false,
        ))
      if (!taken)
        throw new AppError(
          "slurm/followed",
          `Slurm job ${job.id} is summing this run up; its words: ${join(folder, "follow.log")}`,
        )
      hold(job.id)
    },
    async waitFor(arrayJobs) {
      const alone = detach || (await isSelf())
      if (held !== undefined && !alone) {
        if (arrayJobs.length > 0) await updateJob(held, `Dependency=afterany:${arrayJobs.join(":")}`)
        return
      }
      const before = held === undefined ? undefined : await dependentName(folder)
      unsure ??= `sourceprint-follow-${randomBytes(6).toString("hex")}`
      const jobName = unsure
      await mkdir(folder, { recursive: true })
      await writeFileAtomic(join(folder, MARK), `${jobName}\n`)
      const path = join(folder, "follow.sh")
      const script = followScript(settings, {
        jobName,
        after: arrayJobs,
        beginSeconds: alone ? undefined : settings.leaseSeconds,
        workFolder: process.cwd(),
        command,
      })
      await writeFileAtomic(path, script)
      const taken = await findJob(jobName) // where sbatch had no answer the last time
      const id = taken?.id ?? (await sbatch(path, literalPath(join(folder, "follow.log"))))
      unsure = undefined
      if (before !== undefined) await scancel([before]) // detached now: the job of an earlier command is replaced
      if (alone) held = undefined
      else hold(id)
      logLine(
        alone
          ? `aggregation and report follow as Slurm job ${id}`
          : `should this command end early, Slurm job ${id} continues in its place`,
      )
    },
    async end(how) {
      clearInterval(timer)
      if (held === undefined || detach || (await isSelf())) return
      const id = held
      held = undefined
      const goesOn = how === "left" && (await readBatches(folder, "open")).length > 0
      if (goesOn)
        await updateJob(id, "StartTime=now").catch(() => {}) // begins by itself when the lease is over
      else await scancel([await dependentName(folder)])
    },
  }
}
