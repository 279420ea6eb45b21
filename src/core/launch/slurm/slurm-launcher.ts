import { resolve } from "node:path"
import { delay } from "../../async/delay.js"
import { AppError, hasCode, messageOf } from "../../errors.js"
import type { Launcher, LaunchRequest } from "../launcher.js"
import { startsFrom } from "../saved-state.js"
import { adoptBatches } from "./slurm-adopt.js"
import { mayRetry, spend, UNSPENT } from "./slurm-allowance.js"
import { type Batch, type BatchJob, batchNumbers, closeBatch, createBatch, revocationOf } from "./slurm-batch.js"
import { arraySize, squeue } from "./slurm-commands.js"
import type { DependentJob } from "./slurm-dependent.js"
import { type BatchFollower, type BatchNews, followBatch } from "./slurm-follow.js"
import { isHeld, isLive } from "./slurm-queue.js"
import { type SlurmRetryOptions, withSlurmRetry } from "./slurm-retry.js"
import type { SlurmSettings } from "./slurm-settings.js"
import { submitBatch } from "./slurm-submit.js"

export interface SlurmPlace {
  /** Of this run, on a file system that the nodes share. Holds batches, logs and scripts; see `Batch`. */
  readonly folder: string
  /** Flags of node for every job. */
  readonly execArgv?: readonly string[]
  readonly logLine?: (line: string) => void
  /** Ends the run where this process does not. */
  readonly dependent?: DependentJob | undefined
}

/** A controller that does not answer at the beginning is asked again for this long. */
const START_PATIENCE_SECONDS = 600
/** A full queue is tried again when jobs have ended, and at least this often. */
const FULL_RETRY_MS = 600_000

/** Jobs as tasks of Slurm job arrays. Killed or interrupted at any moment, the arrays continue; the next launch in the
 *  same folder adopts them, whether or not their job ids were written down. Aborting leaves the arrays running. Two
 *  launches at once follow the same arrays.
 *  @returns a launcher whose launch throws AppError "slurm/…" where Slurm refuses the submission */
export function slurmLauncher(settings: SlurmSettings, place: SlurmPlace): Launcher {
  return {
    launch: (request) => new Launch(settings, { ...place, folder: resolve(place.folder) }, request).run(),
  }
}

class Launch {
  readonly #settings: SlurmSettings
  readonly #place: SlurmPlace
  readonly #request: LaunchRequest
  readonly #logLine: (line: string) => void
  readonly #followed = new Map<Batch, BatchFollower>()
  /** A job belongs to the newest array that lists it: it enters one only when it has left those before. */
  readonly #owner = new Map<string, Batch>()
  /** Jobs that no array holds. */
  readonly #pending: Map<string, BatchJob>
  /** Ended for this launch. */
  readonly #done = new Set<string>()
  readonly #heldBack = new Set<string>()
  #isSilent = false
  #open: Batch[] = []
  /** The newest batch that this launch knows. */
  #newest = 0
  #full: { readonly done: number; readonly atMs: number } | undefined

  constructor(settings: SlurmSettings, place: SlurmPlace, request: LaunchRequest) {
    this.#settings = settings
    this.#place = place
    this.#request = request
    this.#logLine = place.logLine ?? (() => {})
    const fresh = { attempt: 1, spent: UNSPENT }
    this.#pending = new Map(request.jobs.map((job) => [job.id, { ...job, ...fresh }]))
  }

  async run(): Promise<void> {
    const { dependent } = this.#place
    const start = this.#patience(START_PATIENCE_SECONDS)
    await withSlurmRetry(async () => await dependent?.take(), start)
    await this.#adopt("open")
    const isDependent = (await dependent?.isSelf()) ?? false
    // First of all: whenever this process is killed, something continues in its place.
    if (dependent?.detach === false && !isDependent) await withSlurmRetry(() => dependent.waitFor([]), start)
    // What starts again from within that job has a job of its own to follow it; none waits in a slot.
    if (!isDependent) {
      await this.#submit(START_PATIENCE_SECONDS)
      await this.#tellDependent()
      if (dependent?.detach) return
    }
    while (!this.#isAborted() && (this.#open.length > 0 || (this.#pending.size > 0 && !isDependent))) {
      await this.#pause()
      if (this.#isAborted()) return
      if (!(await this.#look())) return this.#logLine("the dependent job of this command has started and continues")
      if (!isDependent && this.#pending.size > 0 && (await this.#submit())) await this.#tellDependent()
      await this.#closeEnded()
    }
    if (isDependent && this.#pending.size > 0 && !this.#isAborted()) {
      await this.#submit(START_PATIENCE_SECONDS)
      await this.#tellDependent()
    }
  }

  #isAborted(): boolean {
    return this.#request.signal?.aborted ?? false
  }

  /** Until the next look; an abort ends it. */
  #pause(): Promise<void> {
    return delay(1000 * this.#settings.pollSeconds, this.#request.signal)
  }

  #patience(seconds?: number): SlurmRetryOptions {
    return {
      logLine: this.#logLine,
      signal: this.#request.signal,
      everySeconds: this.#settings.pollSeconds,
      seconds,
    }
  }

  /** Takes in the arrays that others have submitted: at first the open ones, later all that are new. */
  async #adopt(which: "open" | "new"): Promise<void> {
    const { folder } = this.#place
    const after = which === "open" ? 0 : this.#newest
    this.#newest = Math.max(this.#newest, ...(await batchNumbers(folder)))
    const isOurs = ({ id }: BatchJob): boolean => this.#isWanted(id)
    const range = { which, after }
    const { batches, finished } = await adoptBatches(folder, range, isOurs, this.#settings, this.#patience())
    for (const batch of batches) this.#follow(batch)
    for (const { id, peakMemoryMb } of finished) {
      if (!this.#isWanted(id)) continue
      this.#pending.delete(id)
      this.#done.add(id)
      await this.#request.onEvent({ kind: "finished", id, peakMemoryMb })
    }
  }

  #isWanted(id: string): boolean {
    return !this.#done.has(id) && (this.#pending.has(id) || this.#owner.has(id))
  }

  #follow(batch: Batch): void {
    this.#newest = Math.max(this.#newest, batch.number)
    this.#open.push(batch)
    this.#followed.set(batch, followBatch(batch))
    for (const { id } of batch.jobs) {
      if (!this.#isWanted(id)) continue
      this.#pending.delete(id)
      this.#owner.set(id, batch)
    }
  }

  /** Submits what no array holds. What the limit of jobs leaves no room for stays pending.
   *  @returns whether anything was submitted or found. @throws AppError where Slurm refuses */
  async #submit(patienceSeconds?: number): Promise<boolean> {
    const doneBefore = this.#full?.done
    if (this.#full !== undefined && doneBefore === this.#done.size) {
      if (performance.now() - this.#full.atMs < FULL_RETRY_MS) return false
    }
    const patience = this.#patience(patienceSeconds)
    const before = this.#open.length
    let size = this.#pending.size
    while (this.#pending.size > 0 && !this.#isAborted()) {
      const largest = await withSlurmRetry(arraySize, patience) // also waits until the controller is there
      if (largest === undefined) break
      const most = this.#settings.maxArraySize ?? largest
      const arrays = Math.ceil(this.#pending.size / most)
      size = Math.min(size, most)
      const jobs = [...this.#pending.values()].slice(0, size)
      const batch = await withSlurmRetry(() => this.#attempt(jobs, arrays), patience).catch((error) => {
        if (!hasCode(error, "slurm/full")) throw this.#refused(error)
        return error as AppError
      })
      if (!(batch instanceof AppError)) continue
      size = Math.ceil(jobs.length / 2)
      if (jobs.length > 1) continue
      this.#noRoom(batch)
      return this.#open.length > before
    }
    this.#full = undefined
    return this.#open.length > before
  }

  /** One array. Where another launch is quicker, its arrays are adopted in place of this one. */
  async #attempt(jobs: readonly BatchJob[], arrays: number): Promise<void> {
    const { folder, execArgv = [] } = this.#place
    const code = { moduleUrl: this.#request.moduleUrl, execArgv }
    const batch = await createBatch(folder, this.#newest + 1, jobs, code)
    if (batch === undefined) return await this.#adopt("new")
    this.#newest = batch.number
    const jobId = await submitBatch(batch, this.#settings, arrays)
    if ((await revocationOf(batch.folder)) === "superseded") return await this.#adopt("new")
    this.#logLine(`submitted ${jobs.length} jobs as Slurm job array ${jobId}`)
    this.#follow(batch)
  }

  #refused(error: unknown): unknown {
    if (!hasCode(error, "slurm/refused")) return error
    const held = this.#open.length === 0 ? "nothing was submitted" : "the arrays before it continue"
    const words = `Slurm refused ${this.#pending.size} jobs (${held}): ${bare(error)}`
    return new AppError("slurm/submit", words, { cause: error })
  }

  #noRoom(error: AppError): void {
    if (this.#open.length === 0) {
      const cure =
        "wait until other jobs of yours have ended, or ask for a higher MaxSubmitJobs; then the same command again"
      throw new AppError("slurm/full", `Slurm takes no job of yours now: ${bare(error)}; ${cure}`, {
        cause: error,
      })
    }
    if (this.#full === undefined)
      this.#logLine(`${this.#pending.size} jobs wait until Slurm takes more of yours: ${bare(error)}`)
    this.#full = { done: this.#done.size, atMs: performance.now() }
  }

  /** The job that stands in waits for every array. */
  async #tellDependent(): Promise<void> {
    const { dependent } = this.#place
    if (dependent === undefined || this.#open.length === 0) return
    await withSlurmRetry(async () => {
      const tasks = await squeue(this.#open.map(({ jobName }) => jobName))
      await dependent.waitFor([...new Set(tasks.filter(isLive).map(({ jobId }) => jobId))])
    }, this.#patience())
  }

  /** One look at everything. @returns false where another has taken this command's place */
  async #look(): Promise<boolean> {
    const names = this.#open.map(({ jobName }) => jobName)
    const tasks = await squeue(names).catch((error) => {
      if (!this.#isSilent) this.#logLine(`${bare(error)}; asks again every ${this.#settings.pollSeconds} s`)
      this.#isSilent = true
      return undefined
    })
    if (tasks !== undefined && this.#isSilent) {
      this.#isSilent = false
      this.#logLine("Slurm answers again")
    }
    if ((await this.#place.dependent?.renew()) === false) return false
    for (const { jobId, index, reason } of tasks?.filter(isHeld) ?? []) {
      const task = `${jobId}_${index}`
      if (this.#heldBack.has(task)) continue
      this.#heldBack.add(task)
      this.#logLine(`Slurm holds task ${task} back (${reason}); to let it continue: scontrol release ${task}`)
    }
    for (const batch of this.#open) {
      const own = tasks?.filter(({ jobName }) => jobName === batch.jobName)
      const news = (await this.#followed.get(batch)?.next(own, this.#settings)) ?? []
      for (const one of news) if (this.#owner.get(one.job.id) === batch) await this.#tell(one)
    }
    return true
  }

  async #closeEnded(): Promise<void> {
    for (const batch of this.#open) {
      const follower = this.#followed.get(batch)
      if (follower?.isOver()) await closeBatch(batch, follower.ends())
    }
    this.#open = this.#open.filter((batch) => !this.#followed.get(batch)?.isOver())
  }

  async #tell(news: BatchNews): Promise<void> {
    const { onEvent } = this.#request
    const { job, kind } = news
    const { id, attempt } = job
    if (kind === "started") return await onEvent({ kind, id, attempt })
    if (kind === "restarted") return await onEvent({ kind: "retried", id, ...news.interruption })
    if (kind === "superseded") return void this.#pending.set(id, job)
    const { end, occurrence } = news
    const { cause = "crashed", message = "" } = end
    const spent = spend(news.spent, cause)
    const again =
      kind === "ended" && end.outcome !== "finished" && cause !== "failed" && mayRetry(spent, this.#settings)
    if (again) {
      await onEvent({ kind: "retried", id, cause, message, occurrence, from: await startsFrom(job) })
      return void this.#pending.set(id, { ...job, attempt: attempt + 1, spent })
    }
    this.#done.add(id)
    if (end.outcome === "finished") await onEvent({ kind: "finished", id, peakMemoryMb: end.peakMemoryMb })
    else if (kind === "cancelled") await onEvent({ kind: "stopped", id })
    else {
      const tried = attempt > 1 ? ` (attempt ${attempt})` : ""
      await onEvent({ kind: "failed", id, cause, message: `${message}${tried}`, occurrence })
    }
  }
}

const bare = (error: unknown): string => messageOf(error).replace(/ \[[\w/-]+\]$/, "")
