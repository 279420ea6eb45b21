import { signal } from "@preact/signals"
import { AppError } from "@sourceprint/core/errors.js"
import type { FaceAction } from "@sourceprint/protocol/face-action.js"
import { type FaceFrame, MAX_FACE_BUNDLE_BYTES, MAX_FACE_FRAMES } from "@sourceprint/protocol/face-bundle.js"
import { DiverseFrames, signatureOf } from "./diverse-frames.js"
import { eyeDarkness } from "./eye-darkness.js"
import { FaceCamera } from "./face-camera.js"
import { FaceGuide, type GuidePrompt } from "./face-guide.js"
import type { Look } from "./face-sight.js"
import { FaceWatcher } from "./face-watcher.js"
import { frameQuality, isGoodFrame, type QualityMeter } from "./frame-quality.js"

export interface CaptureState {
  readonly meters: readonly QualityMeter[]
  readonly prompt: GuidePrompt
  /** Of the action that is asked, in [0, 1]. */
  readonly reached: number
  /** Of the whole, in [0, 1]. */
  readonly progress: number
  /** Frames looked at, those with one good face, and those of them that are kept because they differ. */
  readonly seenFrames: number
  readonly goodFrames: number
  readonly keptFrames: number
  /** How often the guide has begun again, because nothing counted for a while. */
  readonly restarts: number
}

interface Taken {
  readonly atMs: number
  readonly image: Uint8Array
}

/** A guided capture of one face: looks at the camera's frames until all that is asked has been seen. Of the good frames
 *  those are kept that show a look ahead or the action, near-duplicates dropped. */
export class FaceCapture {
  readonly state = signal<CaptureState | undefined>(undefined)
  /** The last look, to be drawn. */
  readonly look = signal<{ readonly look: Look; readonly heightPx: number; readonly good: boolean } | undefined>(
    undefined,
  )
  private readonly guide: FaceGuide
  /** One set for each stretch of looks ahead and each action, so that the order of time is kept whole. */
  private stretches: { readonly kind: "ahead" | "action"; readonly frames: DiverseFrames<Promise<Taken>> }[] = []
  private readonly mostEach: number
  private seenFrames = 0
  private goodFrames = 0
  private restarts = 0
  private stopped = false

  /** @param framesEach see FaceGuide: few to prove, more to enrol */
  constructor(actions: readonly FaceAction[], framesEach: number) {
    this.guide = new FaceGuide(actions, framesEach)
    this.mostEach = Math.max(1, Math.floor(MAX_FACE_FRAMES / (2 * actions.length + 1)))
  }

  private get keptFrames(): number {
    return this.stretches.reduce((sum, { frames }) => sum + frames.frames.length, 0)
  }

  /** Resolves with the frames when all is done, with undefined after `stop`.
   *  @throws AppError "page/camera", "page/face-worker" */
  async run(video: HTMLVideoElement): Promise<{ frames: FaceFrame[]; takenAtMs: number } | undefined> {
    const watcher = new FaceWatcher()
    let camera: FaceCamera | undefined
    try {
      camera = await FaceCamera.open(video)
      await watcher.ready
      while (!this.stopped && !this.guide.done) {
        if (!camera.live) throw new AppError("page/camera", "the camera was unplugged or taken away; start it again")
        await this.lookOnce(camera, watcher)
        await camera.nextFrame()
      }
      return this.stopped ? undefined : await this.bundle()
    } finally {
      camera?.close()
      watcher.close()
    }
  }

  stop(): void {
    this.stopped = true
  }

  private async lookOnce(camera: FaceCamera, watcher: FaceWatcher): Promise<void> {
    const atMs = Date.now()
    const { rgba: grabbed, widthPx, heightPx } = camera.grab()
    const { look, rgba } = await watcher.look(grabbed, widthPx, heightPx)
    const meters = frameQuality(look)
    const good = isGoodFrame(meters)
    const [sight] = look.faces
    this.seenFrames++
    let reached = 0
    if (sight !== undefined && good) {
      this.goodFrames++
      const face = { sight, eyeDarkness: eyeDarkness(rgba, widthPx, heightPx, sight) }
      reached = this.guide.reached(face)
      const offered = this.guide.offer(face, atMs)
      if (offered === "over") {
        this.stretches = []
        this.restarts++
      } else if (offered !== "between") {
        const signature = signatureOf(rgba, widthPx, heightPx, sight.box)
        await this.keep(offered, signature, () => camera.picture().then((image) => ({ atMs, image })))
      }
    }
    this.look.value = { look, heightPx, good }
    this.state.value = {
      meters,
      prompt: this.guide.prompt,
      reached,
      progress: this.guide.progress,
      seenFrames: this.seenFrames,
      goodFrames: this.goodFrames,
      keptFrames: this.keptFrames,
      restarts: this.restarts,
    }
  }

  private async keep(kind: "ahead" | "action", signature: Float32Array, picture: () => Promise<Taken>): Promise<void> {
    let stretch = this.stretches.at(-1)
    if (stretch?.kind !== kind) {
      stretch = { kind, frames: new DiverseFrames(this.mostEach) }
      this.stretches.push(stretch)
    }
    let taken: Promise<Taken> | undefined
    stretch.frames.offer(signature, () => {
      taken = picture()
      return taken
    })
    await taken // the next frame is drawn over this one
  }

  /** The kept frames by time: one of each stretch first, then as many more as the message holds. */
  private async bundle(): Promise<{ frames: FaceFrame[]; takenAtMs: number }> {
    const taken: Taken[] = []
    let bytes = 1
    for (let turn = 0; turn < this.mostEach; turn++) {
      for (const { frames } of this.stretches) {
        const frame = await frames.frames[turn]?.picture
        if (frame === undefined || bytes + frame.image.length + 8 > MAX_FACE_BUNDLE_BYTES) continue
        bytes += frame.image.length + 8
        taken.push(frame)
      }
    }
    taken.sort((a, b) => a.atMs - b.atMs)
    const takenAtMs = taken[0]?.atMs ?? Date.now()
    return { frames: taken.map(({ atMs, image }) => ({ offsetMs: atMs - takenAtMs, image })), takenAtMs }
  }
}
