import { FaceAction } from "../../../protocol/face-action.js"
import { eyeDistancePx, eyeOpenness, type FaceSight, turnOf } from "./face-sight.js"

export type GuidePrompt =
  | { readonly kind: "ahead" }
  | { readonly kind: "action"; readonly action: FaceAction }

/** How far an action goes before it counts here. The server has its own measure; these ask for a little more than it. */
const TURN = 0.16
const CLOSED = 0.68
const CLOSER = 1.2
/** What still is a look straight ahead, against the first one. */
const AHEAD_TURN = 0.09
const AHEAD_SIZE = 1.1
const AHEAD_OPEN = 0.8
/** Frames in a row for each look straight ahead. */
const AHEAD_FRAMES = 2

interface Baseline {
  readonly turn: number
  readonly openness: number
  readonly eyesPx: number
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Leads a person through the actions that the server asks, from a look straight ahead to one straight ahead, and says
 *  which frames show it. Knows nothing of cameras: frames come in as faces. */
export class FaceGuide {
  private stage = 0
  private ahead: FaceSight[] = []
  private baseline: Baseline | undefined

  constructor(private readonly actions: readonly FaceAction[]) {}

  /** Even stages are looks ahead, odd ones actions. */
  private get lastStage(): number {
    return 2 * this.actions.length
  }

  get done(): boolean {
    return this.stage > this.lastStage
  }

  /** Stages done, of all. */
  get progress(): { readonly done: number; readonly of: number } {
    return { done: this.stage, of: this.lastStage + 1 }
  }

  get prompt(): GuidePrompt {
    const action = this.actions[(this.stage - 1) / 2]
    return this.stage % 2 === 1 && action !== undefined ? { kind: "action", action } : { kind: "ahead" }
  }

  /** How far the action that is asked has come, in [0, 1]. */
  reached(face: FaceSight): number {
    const { prompt, baseline } = this
    if (prompt.kind === "ahead" || baseline === undefined) return 0
    const share = (part: number): number => Math.min(1, Math.max(0, part))
    switch (prompt.action) {
      case FaceAction.turnLeft:
        return share((turnOf(face) - baseline.turn) / TURN)
      case FaceAction.turnRight:
        return share((baseline.turn - turnOf(face)) / TURN)
      case FaceAction.blink:
        return share((1 - eyeOpenness(face) / baseline.openness) / (1 - CLOSED))
      case FaceAction.moveCloser:
        return share((eyeDistancePx(face) / baseline.eyesPx - 1) / (CLOSER - 1))
    }
  }

  /** Takes a frame with one face. @returns true when the frame belongs to the proof and is to be sent */
  offer(face: FaceSight): boolean {
    if (this.done) return false
    if (this.prompt.kind === "ahead") return this.lookAhead(face)
    if (this.reached(face) < 1) return false
    this.stage++
    return true
  }

  private lookAhead(face: FaceSight): boolean {
    if (!this.isAhead(face)) {
      this.ahead = []
      return false
    }
    this.ahead.push(face)
    if (this.ahead.length < AHEAD_FRAMES) return false
    this.baseline ??= {
      turn: mean(this.ahead.map(turnOf)),
      openness: mean(this.ahead.map(eyeOpenness)),
      eyesPx: mean(this.ahead.map(eyeDistancePx)),
    }
    this.ahead = []
    this.stage++
    return true
  }

  private isAhead(face: FaceSight): boolean {
    if (this.baseline === undefined) return Math.abs(turnOf(face)) < 0.12
    const { turn, openness, eyesPx } = this.baseline
    return (
      Math.abs(turnOf(face) - turn) < AHEAD_TURN &&
      eyeDistancePx(face) < AHEAD_SIZE * eyesPx &&
      eyeOpenness(face) > AHEAD_OPEN * openness
    )
  }
}
