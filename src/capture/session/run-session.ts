import { delay } from "@sourceprint/core/async/delay.js"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { type Log, silentLog } from "@sourceprint/core/log.js"
import { type CaptureQuality, measureQuality } from "../quality/measure-quality.js"
import { qualityReasons } from "../quality/quality-gate.js"
import type { CapturedImage, Sensor } from "../sensor.js"
import type { OperatorAction, OperatorPort, SessionProgress } from "../session.js"
import { updateCaptureCard } from "./capture-card.js"
import type { CaptureDataset } from "./capture-dataset.js"
import { describeCapture } from "./describe-capture.js"
import type { ScannerPlan, SessionPlan, Step } from "./plan.js"
import { SessionBook } from "./session-book.js"

export interface SessionDeps {
  readonly plan: SessionPlan
  readonly dataset: CaptureDataset
  readonly operatorPort: OperatorPort
  readonly openSensor: (scanner: ScannerPlan) => Promise<Sensor>
  /** Only these scanners of the plan; another process may take the others. */
  readonly scanners?: readonly string[]
  readonly signal?: AbortSignal
  /** Pause between two looks at the platen. */
  readonly pollMs?: number
  readonly clock?: Clock
  readonly log?: Log
}

export interface SessionResult {
  readonly complete: boolean
  readonly progress: SessionProgress
}

/** Runs a plan to its end, or until the operator quits or the signal aborts: what is saved stays, the same call
 *  continues where it stopped. @throws AppError "sensor/…" | "transport/…" | "dataset/…" | "file/…" that the desk
 *  cannot cure */
export async function runSession(deps: SessionDeps): Promise<SessionResult> {
  const session = await Session.open(deps)
  try {
    return await session.run()
  } finally {
    await session.close()
  }
}

type Outcome = "done" | "quit" | "reconsider"

class Session {
  private readonly sensors = new Map<string, Sensor>()
  private readonly previous = new Map<string, GrayImage>()
  private readonly log: Log
  private readonly pollMs: number

  private constructor(
    private readonly deps: SessionDeps,
    private readonly book: SessionBook,
  ) {
    this.log = deps.log ?? silentLog
    this.pollMs = deps.pollMs ?? 100
  }

  static async open(deps: SessionDeps): Promise<Session> {
    const { plan, dataset, scanners, clock = systemClock } = deps
    const unknown = scanners?.find((id) => !plan.scanners.some((scanner) => scanner.id === id))
    if (unknown !== undefined) throw new AppError("plan/scanner", `the plan has no scanner ${unknown}`)
    return new Session(deps, await SessionBook.open(plan, dataset, clock, scanners))
  }

  async run(): Promise<SessionResult> {
    // One that is missing is found before anybody has touched another.
    for (const id of this.book.scannersAhead) if (this.hasOwnPort(id)) await this.sensorOf(id)
    for (let step = this.book.next(); step !== undefined && !this.stopped; step = this.book.next()) {
      if ((await this.carryOut(step)) === "quit") break
    }
    const complete = this.book.next() === undefined
    const { progress } = this.book
    await updateCaptureCard(this.deps.dataset, this.deps.plan)
    this.deps.operatorPort.show({ kind: "finished", progress, complete })
    return { complete, progress }
  }

  async close(): Promise<void> {
    for (const sensor of this.sensors.values()) await sensor.close()
  }

  private get stopped(): boolean {
    return this.deps.signal?.aborted === true
  }

  private async carryOut(step: Step): Promise<Outcome> {
    const consent = await this.consentOf(step.subject)
    if (consent !== "given") {
      if (consent === "refused") await this.skipSteps(this.book.stepsAheadOf(step.subject), "no consent")
      return consent === "quit" ? "quit" : "reconsider"
    }
    let refused = 0
    for (;;) {
      const sensor = await this.sensorOf(step.scanner)
      const impressions = this.deps.plan.impressions
      this.deps.operatorPort.show({ kind: "place", step, impressions, refused, progress: this.book.progress })
      try {
        const waited = await this.untilFinger(step, sensor)
        if (waited !== "done") return waited
        this.deps.operatorPort.show({ kind: "reading", step })
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
        if (this.book.isDone(step)) return "done" // only the lift was missed
      }
    }
  }

  /** Shows the image; saves it when the gate is content or the operator keeps it. */
  private async judge(step: Step, captured: CapturedImage, touches: number): Promise<Outcome | "again"> {
    const { operatorPort, plan } = this.deps
    const quality = measureQuality(captured.image, this.previous.get(step.scanner))
    operatorPort.show({ kind: "image", step, image: captured.image, quality })
    this.previous.set(step.scanner, captured.image)
    const reasons = qualityReasons(quality, plan.quality).map(({ text }) => text)
    if (reasons.length === 0) return this.save(step, captured, quality, [])
    const decide = touches >= plan.attempts
    operatorPort.show({ kind: "refused", step, reasons, decide })
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
    quality: CaptureQuality,
    overruled: readonly string[],
  ): Promise<Outcome> {
    const { dataset, operatorPort, plan } = this.deps
    const { model: scannerModel, port: name, sensor: type } = this.scannerOf(step.scanner)
    const device = this.sensors.get(step.scanner) ?? { name, type }
    const { name: planName, session, collection, operator, simulated } = plan
    const where = { ...step, scannerModel, session, collection, operator, simulated, plan: planName }
    for (;;) {
      try {
        const sample = await dataset.save(encodeBmp(captured.image), captured.raw, (hashes) =>
          describeCapture({ ...where, device, captured, quality, overruled }, hashes),
        )
        this.book.addSaved(step)
        this.log.info("session.saved", { path: step.path })
        operatorPort.show({ kind: "saved", step, sample, progress: this.book.progress })
        return "done"
      } catch (error) {
        // The image is still here: it can be saved as soon as there is room.
        if (!hasCode(error, "file/disk-full")) throw error
        operatorPort.show({
          kind: "trouble",
          message: error.message,
          cure: "free space, then try again; or quit",
        })
        const action = await this.nextAction()
        if (action === undefined || action.do === "quit") throw error
      }
    }
  }

  private scannerOf(id: string): ScannerPlan {
    const scanner = this.deps.plan.scanners.find((candidate) => candidate.id === id)
    if (scanner === undefined) throw new RangeError(`the plan has no scanner ${id}`)
    return scanner
  }

  /** False for modules that are plugged into one port after the other. */
  private hasOwnPort(id: string): boolean {
    const { port } = this.scannerOf(id)
    return this.deps.plan.scanners.every((other) => other.id === id || other.port !== port)
  }

  private async sensorOf(id: string): Promise<Sensor> {
    const open = this.sensors.get(id)
    if (open !== undefined) return open
    const sensor = await this.deps.openSensor(this.scannerOf(id))
    this.sensors.set(id, sensor)
    this.deps.operatorPort.show({ kind: "opened", scanner: id, sensor: sensor.name })
    return sensor
  }

  /** What a touch can fail with and a second touch or a new connection cures; everything else ends the session. */
  private async recover(sensor: Sensor, error: unknown): Promise<void> {
    if (!(error instanceof AppError) || !/^(sensor|image|transport)\//.test(error.code)) throw error
    if (/password|address/.test(error.code)) throw error
    this.log.warn("session.trouble", { sensor: sensor.name, why: error.message })
    if (error.code.startsWith("transport/") || error.code === "sensor/no-answer") {
      const cure = "waiting for the scanner to come back"
      this.deps.operatorPort.show({ kind: "trouble", message: messageOf(error), cure })
      await sensor.reconnect()
    } else {
      this.deps.operatorPort.show({
        kind: "trouble",
        message: messageOf(error),
        cure: "place the finger again",
      })
    }
  }

  private async untilFinger(step: Step, sensor: Sensor): Promise<Outcome> {
    for (;;) {
      const outcome = await this.obeyWaiting(step)
      if (outcome !== undefined) return outcome
      if (await sensor.look()) return "done"
      await delay(this.pollMs)
    }
  }

  private async untilLifted(step: Step, sensor: Sensor): Promise<Outcome> {
    this.deps.operatorPort.show({ kind: "lift", step })
    for (;;) {
      const outcome = await this.obeyWaiting(step)
      if (outcome !== undefined) return outcome
      if (!(await sensor.look())) return "done"
      await delay(this.pollMs)
    }
  }

  /** Carries out what the operator asked for meanwhile; undefined to continue waiting. */
  private async obeyWaiting(step: Step): Promise<Outcome | undefined> {
    if (this.stopped) return "quit"
    for (let action = this.deps.operatorPort.take(); action !== undefined; action = this.deps.operatorPort.take()) {
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
        if (!this.book.isDone(step)) await this.skipSteps([step], "skipped by the operator")
        return "reconsider"
      case "undo":
        await this.undo()
        return "reconsider"
      case "note":
        await this.book.note(action.text, step)
        this.deps.operatorPort.show({ kind: "noted", text: action.text })
        return undefined
      case "keep":
      case "again":
      case "consent":
        return undefined // nothing to decide now
    }
  }

  private async skipSteps(steps: readonly Step[], why: string): Promise<void> {
    await this.book.skipSteps(steps, why)
    for (const step of steps) this.deps.operatorPort.show({ kind: "skipped", step, why })
  }

  private async undo(): Promise<void> {
    const path = await this.book.undo()
    this.deps.operatorPort.show(
      path === undefined
        ? { kind: "trouble", message: "nothing was saved in this run", cure: "nothing was undone" }
        : { kind: "undone", path },
    )
  }

  private async consentOf(subject: string): Promise<"given" | "refused" | "quit"> {
    const { plan, operatorPort } = this.deps
    if (plan.consent === undefined) return "given"
    const known = await this.book.consentOf(subject)
    if (known !== undefined) return known ? "given" : "refused"
    const { text } = plan.consent
    operatorPort.show({ kind: "consent", subject, text })
    for (;;) {
      const action = await this.nextAction()
      if (action === undefined || action.do === "quit") return "quit"
      if (action.do !== "consent") continue
      await this.book.addConsent(subject, action.given, text)
      return action.given ? "given" : "refused"
    }
  }

  /** Waits for the operator; undefined when the session is stopped. */
  private async nextAction(): Promise<OperatorAction | undefined> {
    for (;;) {
      if (this.stopped) return undefined
      const action = this.deps.operatorPort.take()
      if (action !== undefined) return action
      await delay(this.pollMs)
    }
  }
}
