import { FaceAction } from "../../../protocol/face-action.js"
import { eyeDistancePx, type FaceSight, turnOf } from "./face-sight.js"

export type GuidePrompt =
  | { readonly kind: "ahead" }
  | { readonly kind: "action"; readonly action: FaceAction }

/** What counts here, a little stricter than what the server asks (src/match/face/liveness/parameters.ts), so that a
 *  person who satisfies the page satisfies it too. Turns and sizes are in distances between the eyes. */
const TURN = 0.17
const CLOSER = 1.27
const EYES_BRIGHTER = 0.17
const AHEAD_TURN = 0.07
const AHEAD_SIZE = 1.1
const AHEAD_DARKNESS = 0.1

/** A face with what of it changes when the eyes close; see `eye-darkness.ts`. */
export interface GuidedFace {
  readonly sight: FaceSight
  readonly eyeDarkness: number
}

/** What became of a frame. "between": it shows neither a look ahead nor the action, and must not be sent. */
export type Offered = "ahead" | "action" | "between"

interface Baseline {
  readonly turn: number
  readonly eyesPx: number
  readonly eyeDarkness: number
}

/** Leads a person through the actions that the server asks, each from a look straight ahead and back to one, and says
 *  which frames show that. Knows nothing of cameras: frames come in as faces. */
export class FaceGuide {
  private stage = 0
  private seen = 0
  private baseline: Baseline | undefined

  /** @param framesEach how many frames each look ahead and each action has to show; at least 1 */
  constructor(
    private readonly actions: readonly FaceAction[],
    private readonly framesEach: number,
  ) {}

  /** Even stages are looks ahead, odd ones actions. */
  private get lastStage(): number {
    return 2 * this.actions.length
  }

  get done(): boolean {
    return this.stage > this.lastStage
  }

  /** In [0, 1], over all stages. */
  get progress(): number {
    return Math.min(1, (this.stage + this.seen / this.framesEach) / (this.lastStage + 1))
  }

  get prompt(): GuidePrompt {
    const action = this.actions[(this.stage - 1) / 2]
    return this.stage % 2 === 1 && action !== undefined ? { kind: "action", action } : { kind: "ahead" }
  }

  /** How far the action that is asked has come, in [0, 1]. */
  reached({ sight, eyeDarkness }: GuidedFace): number {
    const { prompt, baseline } = this
    if (prompt.kind === "ahead" || baseline === undefined) return 0
    const share = (part: number): number => Math.min(1, Math.max(0, part))
    switch (prompt.action) {
      case FaceAction.turnLeft:
        return share((turnOf(sight) - baseline.turn) / TURN)
      case FaceAction.turnRight:
        return share((baseline.turn - turnOf(sight)) / TURN)
      case FaceAction.blink:
        return share((baseline.eyeDarkness - eyeDarkness) / EYES_BRIGHTER)
      case FaceAction.moveCloser:
        return share((eyeDistancePx(sight) / baseline.eyesPx - 1) / (CLOSER - 1))
    }
  }

  /** Takes a frame with one face. */
  offer(face: GuidedFace): Offered {
    if (this.done) return "between"
    const ahead = this.prompt.kind === "ahead"
    if (ahead ? !this.isAhead(face) : this.reached(face) < 1) return "between"
    this.baseline ??= {
      turn: turnOf(face.sight),
      eyesPx: eyeDistancePx(face.sight),
      eyeDarkness: face.eyeDarkness,
    }
    // Eyes that close are closed for a moment only.
    const enough = !ahead && this.blinks ? 1 : this.framesEach
    this.seen++
    if (this.seen >= enough) {
      this.seen = 0
      this.stage++
    }
    return ahead ? "ahead" : "action"
  }

  private get blinks(): boolean {
    return this.prompt.kind === "action" && this.prompt.action === FaceAction.blink
  }

  private isAhead({ sight, eyeDarkness }: GuidedFace): boolean {
    const turn = turnOf(sight)
    if (Math.abs(turn) > AHEAD_TURN) return false
    if (this.baseline === undefined) return true
    const size = eyeDistancePx(sight) / this.baseline.eyesPx
    return (
      Math.abs(turn - this.baseline.turn) <= AHEAD_TURN &&
      Math.max(size, 1 / size) <= AHEAD_SIZE &&
      this.baseline.eyeDarkness - eyeDarkness < AHEAD_DARKNESS
    )
  }
}
