import type { Clock } from "@sourceprint/core/clock.js"
import { remainingMs } from "@sourceprint/core/progress.js"
import type { SessionProgress } from "../session.js"
import type { CaptureDataset } from "./capture-dataset.js"
import { type SessionPlan, type Step, stepsOf } from "./plan.js"
import { changeSessionLog, readSessionLog } from "./session-log.js"

/** Which steps of a plan are done, skipped or still ahead; what was agreed, undone and noted. Everything that must
 *  outlive the process is in the dataset. */
export class SessionBook {
  private readonly done = new Set<string>()
  private readonly skipped = new Set<string>()
  private readonly consents = new Map<string, boolean>()
  /** Image paths in the order in which this run saved them, for undo. */
  private readonly saved: string[] = []
  private readonly startedMs: number

  private constructor(
    private readonly plan: SessionPlan,
    private readonly steps: readonly Step[],
    private readonly dataset: CaptureDataset,
    private readonly clock: Clock,
  ) {
    this.startedMs = clock.monotonicMs()
  }

  /** @param scanners only the steps on these; absent: all */
  static async open(
    plan: SessionPlan,
    dataset: CaptureDataset,
    clock: Clock,
    scanners?: readonly string[],
  ): Promise<SessionBook> {
    const steps = stepsOf(plan).filter((step) => scanners === undefined || scanners.includes(step.scanner))
    const book = new SessionBook(plan, steps, dataset, clock)
    const have = new Set((await dataset.samples()).map((sample) => sample.path))
    for (const { path } of steps) if (have.has(path)) book.done.add(path)
    const log = await readSessionLog(dataset.folder, plan.name)
    for (const { path } of log.skipped) if (!book.done.has(path)) book.skipped.add(path)
    return book
  }

  get progress(): SessionProgress {
    const done = this.steps.filter(({ path }) => this.done.has(path)).length
    const ahead = this.steps.filter((step) => this.isAhead(step)).length
    const elapsedMs = this.clock.monotonicMs() - this.startedMs
    return {
      done,
      skipped: this.steps.length - done - ahead,
      total: this.steps.length,
      remainingMs: remainingMs(this.saved.length, this.saved.length + ahead, elapsedMs),
    }
  }

  next(): Step | undefined {
    return this.steps.find((step) => this.isAhead(step))
  }

  isDone({ path }: Step): boolean {
    return this.done.has(path)
  }

  private isAhead({ path }: Step): boolean {
    return !this.done.has(path) && !this.skipped.has(path)
  }

  addSaved({ path }: Step): void {
    this.done.add(path)
    this.saved.push(path)
  }

  async skipSteps(steps: readonly Step[], why: string): Promise<void> {
    const at = this.now()
    await changeSessionLog(this.dataset, this.plan.name, (log) => {
      log.skipped.push(...steps.map(({ path }) => ({ path, why, at })))
    })
    for (const { path } of steps) this.skipped.add(path)
  }

  stepsAheadOf(subject: string): readonly Step[] {
    return this.steps.filter((step) => step.subject === subject && this.isAhead(step))
  }

  /** The scanners of the steps ahead, in the order of these. */
  get scannersAhead(): readonly string[] {
    return [...new Set(this.steps.filter((step) => this.isAhead(step)).map(({ scanner }) => scanner))]
  }

  /** Removes the touch saved last in this run; its step comes again. @returns its path, undefined when there is none */
  async undo(): Promise<string | undefined> {
    const path = this.saved.pop()
    if (path === undefined) return undefined
    await this.dataset.remove(path)
    this.done.delete(path)
    await changeSessionLog(this.dataset, this.plan.name, (log) => void log.undone.push({ path, at: this.now() }))
    return path
  }

  async note(text: string, { path }: Step): Promise<void> {
    await changeSessionLog(this.dataset, this.plan.name, (log) => void log.notes.push({ text, path, at: this.now() }))
  }

  /** True or false as the person answered, at this desk or another one of the same plan; undefined: not asked yet. */
  async consentOf(subject: string): Promise<boolean | undefined> {
    if (this.consents.get(subject) === undefined) {
      const log = await readSessionLog(this.dataset.folder, this.plan.name)
      for (const { subject: asked, given } of log.consents) this.consents.set(asked, given)
    }
    return this.consents.get(subject)
  }

  async addConsent(subject: string, given: boolean, text: string): Promise<void> {
    const entry = { subject, given, text, operator: this.plan.operator, at: this.now() }
    await changeSessionLog(this.dataset, this.plan.name, (log) => void log.consents.push(entry))
    this.consents.set(subject, given)
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString()
  }
}
