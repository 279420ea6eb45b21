import { signal } from "@preact/signals"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"
import { type FaceProgress, FaceStage } from "@sourceprint/protocol/face-progress.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { Outcome } from "@sourceprint/protocol/message.js"
import { type Progress, Stage, touchTimeMs } from "@sourceprint/protocol/scanner-progress.js"
import type { FaceChallengeMessage, ScannersMessage } from "@sourceprint/protocol/session-step.js"
import pLimit from "p-limit"
import type { FaceFrames, ProofPrompts, Recovery } from "./prove-factors.js"

/** What is told of one touch at a linked scanner, so far. */
export interface TouchReport {
  readonly touch: Extract<Progress, { stage: typeof Stage.touch }> | undefined
  /** When the person's time for the touch is over. */
  readonly untilMs: number
  readonly capturing: boolean
  readonly image: Extract<Progress, { stage: typeof Stage.image }> | undefined
  readonly checks: readonly Extract<Progress, { stage: typeof Stage.check }>[]
  readonly ahead: number
  readonly unable: Extract<Progress, { stage: typeof Stage.unable }> | undefined
  readonly decided: Outcome | undefined
}

const nothingYet: TouchReport = {
  touch: undefined,
  untilMs: 0,
  capturing: false,
  image: undefined,
  checks: [],
  ahead: 0,
  unable: undefined,
  decided: undefined,
}

/** What is told of one face capture while the server judges it, so far. */
export interface FaceReport {
  readonly looked: Extract<FaceProgress, { stage: typeof FaceStage.looked }> | undefined
  /** All of them after a pass, none before. */
  readonly checks: readonly Extract<FaceProgress, { stage: typeof FaceStage.check }>[]
  readonly decided: Outcome | undefined
}

/** What the person sees of a proof under way. Scenes with `answer` wait for it. */
export type ProofScene =
  | { readonly kind: "working"; readonly words: string }
  | { readonly kind: "waiting"; readonly untilMs: number }
  | {
      readonly kind: "factors"
      readonly factorPolicies: readonly FactorSet[]
      answer(chosen: FactorSet | Recovery): void
    }
  | {
      readonly kind: "scanners"
      readonly offered: ScannersMessage
      readonly again: boolean
      /** What became of the last touch. */
      readonly last: TouchReport | undefined
      answer(scannerId: string | Recovery): void
    }
  /** `scanner`: what people call the one that was chosen. */
  | { readonly kind: "touch"; readonly report: TouchReport; readonly scanner: string }
  | {
      readonly kind: "face"
      readonly challenge: FaceChallengeMessage
      readonly again: boolean
      /** When the server stops waiting. */
      readonly untilMs: number
      answer(frames: FaceFrames | Recovery): void
    }
  | { readonly kind: "judged"; readonly report: FaceReport }
  | { readonly kind: "passkey"; readonly options: string; answer(answer: string | Recovery): void }

const nothingSeen: FaceReport = { looked: undefined, checks: [], decided: undefined }

function withProgress(report: TouchReport, progress: Progress): TouchReport {
  switch (progress.stage) {
    case Stage.waiting:
      return { ...report, ahead: progress.ahead }
    case Stage.touch:
      return { ...nothingYet, touch: progress, untilMs: Date.now() + touchTimeMs(progress.windowMs) }
    case Stage.capturing:
      return { ...report, capturing: true }
    case Stage.image:
      return { ...report, image: progress }
    case Stage.check:
      return { ...report, checks: [...report.checks, progress] }
    case Stage.unable:
      return { ...report, unable: progress }
    case Stage.ended:
      return report // for the device: here the decision tells it
  }
}

/** Each check is seen before the next one lights up, and the whole before the page continues. */
const CHECK_MS = 280
const SEEN_MS = 1500
/** Frames have to be at the server when the challenge ends. */
const SENDING_MS = 3000

/** A proof as the pages show it: the loop's questions become scenes, the person's answers go back to the loop. */
export class ProofStage implements ProofPrompts {
  readonly scene = signal<ProofScene>({ kind: "working", words: "Connecting…" })
  private report = nothingYet
  private scanner = ""
  private faces: FaceReport = nothingSeen
  private readonly inOrder = pLimit(1)
  private readonly leaving = new AbortController()
  private readonly losing = new AbortController()

  /** Aborted once the person goes away from the proof, or it has come to its end. */
  readonly signal = this.leaving.signal

  leave(): void {
    this.leaving.abort()
  }

  /** The connection has ended: nobody is asked for what cannot be sent any more. */
  lost(): void {
    this.losing.abort()
  }

  private show(scene: ProofScene): void {
    if (!this.signal.aborted) this.scene.value = scene
  }

  /** @throws AppError "page/left", "protocol/closed" */
  private ask<Answer>(sceneOf: (answer: (value: Answer) => void) => ProofScene): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const left = (): void => reject(new AppError("page/left", "the person went away from the proof"))
      const lost = (): void => reject(new AppError("protocol/closed", "the connection has ended"))
      if (this.signal.aborted) return left()
      if (this.losing.signal.aborted) return lost()
      this.losing.signal.addEventListener("abort", lost, { once: true })
      this.signal.addEventListener("abort", left, { once: true })
      this.show(sceneOf(resolve))
    })
  }

  working(words: string): void {
    this.show({ kind: "working", words })
  }

  judging(): void {
    if (this.scene.value.kind !== "touch") this.working("The server checks…")
  }

  facesJudged(progress: FaceProgress): void {
    void this.inOrder(async () => {
      this.faces =
        progress.stage === FaceStage.looked
          ? { ...nothingSeen, looked: progress }
          : { ...this.faces, checks: [...this.faces.checks, progress] }
      this.show({ kind: "judged", report: this.faces })
      if (progress.stage === FaceStage.check) await delay(CHECK_MS, this.signal)
    })
  }

  chooseFactors(factorPolicies: readonly FactorSet[]): Promise<FactorSet | Recovery> {
    return this.ask((answer) => ({ kind: "factors", factorPolicies, answer }))
  }

  async chooseScanner(offered: ScannersMessage, again: boolean): Promise<string | Recovery> {
    await this.settled()
    const last = this.report === nothingYet ? undefined : this.report
    const chosen = await this.ask<string | Recovery>((answer) => ({
      kind: "scanners",
      offered,
      again,
      last,
      answer,
    }))
    this.report = nothingYet
    if (typeof chosen === "string") {
      this.scanner = offered.scanners.find(({ scannerId }) => scannerId === chosen)?.words || chosen
      this.showTouch()
    }
    return chosen
  }

  scannerSays(progress: Progress): void {
    void this.inOrder(async () => {
      this.report = withProgress(this.report, progress)
      this.showTouch()
      if (progress.stage === Stage.check) await delay(CHECK_MS, this.signal)
    })
  }

  private showTouch(): void {
    this.show({ kind: "touch", report: this.report, scanner: this.scanner })
  }

  decided(outcome: Outcome): void {
    void this.inOrder(() => {
      const { kind } = this.scene.value
      if (kind === "touch") {
        this.report = { ...this.report, decided: outcome }
        this.showTouch()
      } else if (kind === "judged") {
        this.faces = { ...this.faces, decided: outcome }
        this.show({ kind, report: this.faces })
      }
    })
  }

  /** Resolves when all that the scanner told has been seen. */
  async settled(): Promise<void> {
    await this.inOrder(() => {}) // all that was told before
    const { value: scene } = this.scene
    const decided = scene.kind === "touch" || scene.kind === "judged" ? scene.report.decided : undefined
    const seen = decided === Outcome.pass || decided === Outcome.fail || this.faces.checks.length > 0
    if (seen) await delay(SEEN_MS, this.signal)
  }

  /** @throws AppError "page/time" */
  async face(challenge: FaceChallengeMessage, again: boolean): Promise<FaceFrames | Recovery> {
    await this.inOrder(() => {}) // all that was told before
    this.faces = nothingSeen
    const untilMs = Date.now() + challenge.windowMs - SENDING_MS
    await this.settled()
    const asked = this.ask<FaceFrames | Recovery>((answer) => ({
      kind: "face",
      challenge,
      again,
      untilMs,
      answer,
    }))
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const onTime = (): void => reject(new AppError("page/time", "the server has stopped waiting"))
      timer = setTimeout(onTime, untilMs - Date.now())
    })
    try {
      return await Promise.race([asked, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async passkey(options: string): Promise<string | Recovery> {
    await this.settled()
    return this.ask((answer) => ({ kind: "passkey", options, answer }))
  }

  async wait(forMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await this.ask<undefined>((answer) => {
        timer = setTimeout(() => answer(undefined), forMs)
        return { kind: "waiting", untilMs: Date.now() + forMs }
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
