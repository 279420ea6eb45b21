import { type Clock, systemClock } from "../../shared/clock.js"
import { AppError, hasCode, messageOf } from "../../shared/errors.js"
import { encodeBmp } from "../../shared/image/bmp.js"
import type { GrayImage } from "../../shared/image/gray-image.js"
import { type Log, silentLog } from "../../shared/log.js"
import { remainingMs } from "../../shared/progress.js"
import { measureQuality, type TouchQuality } from "../quality/measure-quality.js"
import { qualityReasons } from "../quality/quality-gate.js"
import type { CapturedImage, Sensor } from "../sensor.js"
import type { OperatorAction, SessionDesk, SessionProgress } from "../session.js"
import type { CaptureDataset } from "./capture-dataset.js"
import { type ScannerPlan, type SessionPlan, type Step, stepsOf } from "./plan.js"
import { changeSessionLog, readSessionLog } from "./session-log.js"
import type { TouchRecord } from "./touch-record.js"

export interface SessionDeps {
  readonly plan: SessionPlan
  readonly dataset: CaptureDataset
  readonly desk: SessionDesk
  readonly openSensor: (scanner: ScannerPlan) => Promise<Sensor>
  /** Only these scanners of the plan; another process may take the others. */
  readonly scanners?: readonly string[]
  readonly signal?: AbortSignal
  /** Pause between two looks at the glass. */
  readonly pollMs?: number
  readonly clock?: Clock
  readonly log?: Log
}

export interface SessionResult {
  readonly complete: boolean
  readonly progress: SessionProgress
}

/** Runs a plan to its end, or until the operator quits or the signal aborts: what is saved stays, the same call goes on
 *  where it stopped. @throws AppError "sensor/…" | "transport/…" | "dataset/…" | "file/…" that the desk cannot cure */
export async function runSession(deps: SessionDeps): Promise<SessionResult> {
  const session = new Session(deps)
  try {
    return await session.run()
  } finally {
    await session.close()
  }
}

type Outcome = "done" | "quit" | "reconsider"

class Session {
  private readonly steps: readonly Step[]
  private readonly sensors = new Map<string, Sensor>()
  private readonly done = new Set<string>()
  private readonly skipped = new Set<string>()
  private readonly consents = new Map<string, boolean>()
  /** Image paths in the order in which this run saved them, for undo. */
  private readonly saved: string[] = []
  private readonly previous = new Map<string, GrayImage>()
  private startedMs = 0
  private readonly clock: Clock
  private readonly log: Log
  private readonly pollMs: number

  constructor(private readonly deps: SessionDeps) {
    const wanted = deps.scanners
    this.steps = stepsOf(deps.plan).filter((step) => wanted === undefined || wanted.includes(step.scanner))
    this.clock = deps.clock ?? systemClock
    this.log = deps.log ?? silentLog
    this.pollMs = deps.pollMs ?? 100
    const unknown = wanted?.find((id) => !deps.plan.scanners.some((scanner) => scanner.id === id))
    if (unknown !== undefined) throw new AppError("plan/scanner", `the plan has no scanner ${unknown}`)
  }

  async run(): Promise<SessionResult> {
    const { dataset, plan, desk } = this.deps
    const have = new Set((await dataset.samples()).map((sample) => sample.path))
    for (const step of this.steps) if (have.has(step.path)) this.done.add(step.path)
    const log = await readSessionLog(dataset.folder, plan.name)
    for (const { path } of log.skipped) if (!this.done.has(path)) this.skipped.add(path)
    this.startedMs = this.clock.monotonicMs()
    for (;;) {
      const step = this.steps.find(({ path }) => !this.done.has(path) && !this.skipped.has(path))
      if (step === undefined || this.stopped) break
      if ((await this.carryOut(step)) === "quit") break
    }
    const complete = this.steps.every(({ path }) => this.done.has(path) || this.skipped.has(path))
    desk.show({ kind: "finished", progress: this.progress, complete })
    return { complete, progress: this.progress }
  }

  async close(): Promise<void> {
    for (const sensor of this.sensors.values()) await sensor.close()
  }

  private get stopped(): boolean {
    return this.deps.signal?.aborted === true
  }

  private get progress(): SessionProgress {
    const path = (step: Step): string => step.path
    const done = this.steps.map(path).filter((p) => this.done.has(p)).length
    const skipped = this.steps.map(path).filter((p) => this.skipped.has(p) && !this.done.has(p)).length
    const left = this.steps.length - skipped - done
    const pace = this.saved.length
    const elapsedMs = this.clock.monotonicMs() - this.startedMs
    return { done, skipped, total: this.steps.length, remainingMs: remainingMs(pace, pace + left, elapsedMs) }
  }

  private async carryOut(step: Step): Promise<Outcome> {
    const consent = await this.consentOf(step.subject)
    if (consent !== "given") {
      if (consent === "refused") await this.skipSubject(step.subject)
      return consent === "quit" ? "quit" : "reconsider"
    }
    let refused = 0
    for (;;) {
      const sensor = await this.sensorOf(step.scanner)
      const impressions = this.deps.plan.impressions
      this.deps.desk.show({ kind: "place", step, impressions, refused, progress: this.progress })
      try {
        const waited = await this.untilFinger(step, sensor)
        if (waited !== "done") return waited
        this.deps.desk.show({ kind: "reading", step })
        const captured = await sensor.read()
        const judged = await this.judge(step, captured, refused + 1)
        if (judged === "again") {
          refused++
          const lifted = await this.untilLifted(step, sensor)
          if (lifted !== "done") return lifted
          continue
        }
        if (judged !== "done") return judged
        return await this.untilLifted(step, sensor)
      } catch (error) {
        await this.recover(sensor, error)
        if (this.done.has(step.path)) return "done" // only the lift was missed
      }
    }
  }

  /** Shows the image; saves it when the gate is content or the operator keeps it. */
  private async judge(step: Step, captured: CapturedImage, touches: number): Promise<Outcome | "again"> {
    const { desk, plan } = this.deps
    const quality = measureQuality(captured.image, this.previous.get(step.scanner))
    desk.show({ kind: "image", step, image: captured.image, quality })
    this.previous.set(step.scanner, captured.image)
    const reasons = qualityReasons(quality, plan.quality).map(({ text }) => text)
    if (reasons.length === 0) return this.save(step, captured, quality, [])
    const decide = touches >= plan.attempts
    desk.show({ kind: "refused", step, reasons, decide })
    if (!decide) return "again"
    for (;;) {
      const action = await this.nextAction()
      if (action === undefined) return "quit"
      if (action.do === "keep") return this.save(step, captured, quality, reasons)
      if (action.do === "again") return "again"
      const outcome = await this.obey(action, step)
      if (outcome !== undefined) return outcome
    }
  }

  private async save(
    step: Step,
    captured: CapturedImage,
    quality: TouchQuality,
    overruled: readonly string[],
  ): Promise<Outcome> {
    const { dataset, desk } = this.deps
    for (;;) {
      try {
        const sample = await dataset.save(encodeBmp(captured.image), captured.raw.packed, (hashes) =>
          this.describe(step, captured, quality, overruled, hashes),
        )
        this.done.add(step.path)
        this.saved.push(step.path)
        this.log.info("session.saved", { path: step.path })
        desk.show({ kind: "saved", step, sample, progress: this.progress })
        return "done"
      } catch (error) {
        // The image is still here: it can be saved as soon as there is room.
        if (!hasCode(error, "file/disk-full")) throw error
        desk.show({ kind: "trouble", message: error.message, cure: "free space, then try again; or quit" })
        const action = await this.nextAction()
        if (action === undefined || action.do === "quit") throw error
      }
    }
  }

  private describe(
    step: Step,
    captured: CapturedImage,
    quality: TouchQuality,
    overruled: readonly string[],
    { sha256, rawSha256 }: { readonly sha256: string; readonly rawSha256: string },
  ): TouchRecord {
    const { plan } = this.deps
    const { image, bitDepth, expansion, baud, packetSizeBytes, transfers, transferMs } = captured
    const scanner = this.scannerOf(step.scanner)
    return {
      sample: {
        path: step.path,
        sha256,
        scanner: step.scanner,
        scannerModel: scanner.model,
        subject: step.subject,
        finger: step.finger,
        impression: step.impression,
        session: plan.session,
        widthPx: image.width,
        heightPx: image.height,
        dpi: image.dpi ?? 500,
        bitDepth,
        collection: plan.collection,
      },
      rawSha256,
      expansion,
      sensor: this.sensors.get(step.scanner)?.name ?? scanner.port,
      baud,
      packetSizeBytes,
      transfers,
      transferMs: Math.round(transferMs),
      capturedAt: new Date(captured.capturedAtMs).toISOString(),
      quality: { ...quality },
      overruled: [...overruled],
      operator: plan.operator,
      plan: plan.name,
      simulated: plan.simulated,
    }
  }

  private scannerOf(id: string): ScannerPlan {
    const scanner = this.deps.plan.scanners.find((candidate) => candidate.id === id)
    if (scanner === undefined) throw new RangeError(`the plan has no scanner ${id}`)
    return scanner
  }

  private async sensorOf(id: string): Promise<Sensor> {
    const open = this.sensors.get(id)
    if (open !== undefined) return open
    const sensor = await this.deps.openSensor(this.scannerOf(id))
    this.sensors.set(id, sensor)
    this.deps.desk.show({ kind: "opened", scanner: id, sensor: sensor.name })
    return sensor
  }

  /** What a touch can fail with and a second touch or a new connection cures; everything else ends the session. */
  private async recover(sensor: Sensor, error: unknown): Promise<void> {
    if (!(error instanceof AppError) || !/^(sensor|image|transport)\//.test(error.code)) throw error
    if (/password|address/.test(error.code)) throw error
    this.log.warn("session.trouble", { sensor: sensor.name, why: error.message })
    if (error.code.startsWith("transport/") || error.code === "sensor/no-answer") {
      const cure = "waiting for the scanner to come back"
      this.deps.desk.show({ kind: "trouble", message: messageOf(error), cure })
      await sensor.reconnect()
    } else {
      this.deps.desk.show({ kind: "trouble", message: messageOf(error), cure: "place the finger again" })
    }
  }

  private async untilFinger(step: Step, sensor: Sensor): Promise<Outcome> {
    for (;;) {
      const outcome = await this.obeyWaiting(step)
      if (outcome !== undefined) return outcome
      if (await sensor.look()) return "done"
      await this.pause()
    }
  }

  private async untilLifted(step: Step, sensor: Sensor): Promise<Outcome> {
    this.deps.desk.show({ kind: "lift", step })
    for (;;) {
      const outcome = await this.obeyWaiting(step)
      if (outcome !== undefined) return outcome
      if (!(await sensor.look())) return "done"
      await this.pause()
    }
  }

  /** Carries out what the operator asked for meanwhile; undefined to go on waiting. */
  private async obeyWaiting(step: Step): Promise<Outcome | undefined> {
    if (this.stopped) return "quit"
    for (let action = this.deps.desk.take(); action !== undefined; action = this.deps.desk.take()) {
      const outcome = await this.obey(action, step)
      if (outcome !== undefined) return outcome
    }
    return undefined
  }

  private async obey(action: OperatorAction, step: Step): Promise<Outcome | undefined> {
    switch (action.do) {
      case "quit":
        return "quit"
      case "skip":
        if (!this.done.has(step.path)) await this.skip([step], "skipped by the operator")
        return "reconsider"
      case "undo":
        await this.undo()
        return "reconsider"
      case "note":
        await this.note(action.text, step.path)
        return undefined
      case "keep":
      case "again":
      case "consent":
        return undefined // nothing to decide now
    }
  }

  private async skip(steps: readonly Step[], why: string): Promise<void> {
    const { dataset, plan, desk } = this.deps
    const at = this.now()
    await changeSessionLog(dataset, plan.name, (log) => {
      log.skipped.push(...steps.map(({ path }) => ({ path, why, at })))
    })
    for (const step of steps) {
      this.skipped.add(step.path)
      desk.show({ kind: "skipped", step, why })
    }
  }

  private skipSubject(subject: string): Promise<void> {
    const theirs = this.steps.filter(
      (step) => step.subject === subject && !this.done.has(step.path) && !this.skipped.has(step.path),
    )
    return this.skip(theirs, "no consent")
  }

  /** Removes the touch saved last in this run; its step comes again. */
  private async undo(): Promise<void> {
    const { dataset, plan, desk } = this.deps
    const path = this.saved.pop()
    if (path === undefined) {
      desk.show({ kind: "trouble", message: "nothing was saved in this run", cure: "nothing was undone" })
      return
    }
    await dataset.remove(path)
    this.done.delete(path)
    await changeSessionLog(dataset, plan.name, (log) => void log.undone.push({ path, at: this.now() }))
    desk.show({ kind: "undone", path })
  }

  private async note(text: string, path: string): Promise<void> {
    const { dataset, plan, desk } = this.deps
    await changeSessionLog(dataset, plan.name, (log) => void log.notes.push({ text, path, at: this.now() }))
    desk.show({ kind: "noted", text })
  }

  private async consentOf(subject: string): Promise<"given" | "refused" | "quit"> {
    const { plan, dataset, desk } = this.deps
    if (plan.consent === undefined || this.consents.get(subject) === true) return "given"
    const log = await readSessionLog(dataset.folder, plan.name) // another desk of the same plan may have asked
    for (const { subject: asked, given } of log.consents) this.consents.set(asked, given)
    const known = this.consents.get(subject)
    if (known !== undefined) return known ? "given" : "refused"
    const { text } = plan.consent
    desk.show({ kind: "consent", subject, text })
    for (;;) {
      const action = await this.nextAction()
      if (action === undefined || action.do === "quit") return "quit"
      if (action.do !== "consent") continue
      const { given } = action
      const entry = { subject, given, text, operator: plan.operator, at: this.now() }
      await changeSessionLog(dataset, plan.name, (log) => void log.consents.push(entry))
      this.consents.set(subject, given)
      return given ? "given" : "refused"
    }
  }

  /** Waits for the operator; undefined when the session is stopped. */
  private async nextAction(): Promise<OperatorAction | undefined> {
    for (;;) {
      if (this.stopped) return undefined
      const action = this.deps.desk.take()
      if (action !== undefined) return action
      await this.pause()
    }
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString()
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.pollMs))
  }
}
