import { FaceAction } from "@sourceprint/protocol/face-action.js"
import { eyeDistancePx, type FaceSight, turnOf } from "./face-sight.js"

export type GuidePrompt = { readonly kind: "ahead" } | { readonly kind: "action"; readonly action: FaceAction }

/** What counts here, a little stricter than what the server asks (src/match/face/liveness/parameters.ts), so that a
 *  person who satisfies the page satisfies it too. Turns and sizes are in distances between the eyes. */
const TURN = 0.125
const CLOSER = 1.27
const EYES_BRIGHTER = 0.17
const AHEAD_TURN = 0.08
const AHEAD_SIZE = 1.12
const AHEAD_DARKNESS = 0.1
/** Fewer frames will do where the frames come slowly and a look or an action has taken this long. */
const PATIENCE_MS = 4000
const FEWEST = 3
/** Nothing counted for so long: the first look was not one to hold all others against (too near, mid-blink, another
 *  face). */
const START_OVER_MS = 8000

/** A face with what of it changes when the eyes close; see `eye-darkness.ts`. */
export interface GuidedFace {
  readonly sight: FaceSight
  readonly eyeDarkness: number
}

/** What became of a frame. "between": it shows neither a look ahead nor the action, and must not be sent. "over": nor
 *  this one, and all begins again with a look ahead; what was taken before must not be sent either. */
export type Offered = "ahead" | "action" | "between" | "over"

/** Sum and count of what was seen. */
class Mean {
  private sum = 0
  private count = 0

  clear(): void {
    this.sum = 0
    this.count = 0
  }

  add(value: number): void {
    this.sum += value
    this.count++
  }

  /** 0 of nothing. */
  get value(): number {
    return this.count === 0 ? 0 : this.sum / this.count
  }
}

/** Leads a person through the actions that the server asks, each from a look straight ahead and back to one, and says
 *  which frames show that. Knows nothing of cameras: frames come in as faces. */
export class FaceGuide {
  private stage = 0
  private seen = 0
  /** Of the stage's first frame that counted. */
  private sinceMs: number | undefined
  /** When a frame counted last, or the first one came. */
  private lastMs: number | undefined
  /** How this person looks ahead: the turn over all frames that do, size and eyes over the first look. */
  private readonly turn = new Mean()
  private readonly eyesPx = new Mean()
  private readonly darkness = new Mean()

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

  /** From how this person looks ahead, drawn half way to straight, as the server does it. */
  private turned(sight: FaceSight): number {
    return turnOf(sight) - this.turn.value / 2
  }

  /** How far the action that is asked has come, in [0, 1]. */
  reached({ sight, eyeDarkness }: GuidedFace): number {
    const { prompt } = this
    if (prompt.kind === "ahead") return 0
    const share = (part: number): number => Math.min(1, Math.max(0, part))
    switch (prompt.action) {
      case FaceAction.turnLeft:
        return share(this.turned(sight) / TURN)
      case FaceAction.turnRight:
        return share(-this.turned(sight) / TURN)
      case FaceAction.blink:
        return share((this.darkness.value - eyeDarkness) / EYES_BRIGHTER)
      case FaceAction.moveCloser:
        return share((eyeDistancePx(sight) / this.eyesPx.value - 1) / (CLOSER - 1))
    }
  }

  /** Takes a frame with one face. @param atMs when it was taken, by any clock that runs on */
  offer(face: GuidedFace, atMs: number): Offered {
    if (this.done) return "between"
    if (Math.abs(turnOf(face.sight)) <= AHEAD_TURN) this.turn.add(turnOf(face.sight))
    const ahead = this.prompt.kind === "ahead"
    this.lastMs ??= atMs
    if (ahead ? !this.isAhead(face) : this.reached(face) < 1) return this.missed(atMs)
    this.lastMs = atMs
    if (this.stage === 0) {
      this.eyesPx.add(eyeDistancePx(face.sight))
      this.darkness.add(face.eyeDarkness)
    }
    this.seen++
    this.sinceMs ??= atMs
    if (this.seen >= this.enough(atMs - this.sinceMs)) {
      this.seen = 0
      this.sinceMs = undefined
      this.stage++
    }
    return ahead ? "ahead" : "action"
  }

  private missed(atMs: number): "between" | "over" {
    if (this.stage === 0 && this.seen === 0) return "between"
    if (this.lastMs === undefined || atMs - this.lastMs < START_OVER_MS) return "between"
    for (const mean of [this.turn, this.eyesPx, this.darkness]) mean.clear()
    this.stage = 0
    this.seen = 0
    this.sinceMs = undefined
    this.lastMs = atMs
    return "over"
  }

  /** Eyes that close are closed for a moment only. */
  private enough(tookMs: number): number {
    const { prompt } = this
    if (prompt.kind === "action" && prompt.action === FaceAction.blink) return 1
    return tookMs >= PATIENCE_MS ? Math.min(FEWEST, this.framesEach) : this.framesEach
  }

  private isAhead({ sight, eyeDarkness }: GuidedFace): boolean {
    if (Math.abs(turnOf(sight)) > AHEAD_TURN) return false
    if (this.eyesPx.value === 0) return true
    const size = eyeDistancePx(sight) / this.eyesPx.value
    // Eyes that shut count where they were asked to; a shadow or a smile is no reason to wait.
    const open = !this.actions.includes(FaceAction.blink) || this.darkness.value - eyeDarkness < AHEAD_DARKNESS
    return Math.abs(this.turned(sight)) <= AHEAD_TURN && Math.max(size, 1 / size) <= AHEAD_SIZE && open
  }
}
