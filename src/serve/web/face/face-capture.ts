import { signal } from "@preact/signals"
import type { FaceAction } from "../../../protocol/face-action.js"
import { type FaceFrame, MAX_FACE_BUNDLE_BYTES, MAX_FACE_FRAMES } from "../../../protocol/face-bundle.js"
import { DiverseFrames, signatureOf } from "./diverse-frames.js"
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
  /** Stages of the guide. */
  readonly stages: { readonly done: number; readonly of: number }
  /** Frames with one good face, and those of them that differ from each other. */
  readonly goodFrames: number
  readonly keptFrames: number
}

/** At sign-up so many good frames are looked at, or fewer where none has brought anything new for a while. */
export const MOST_GOOD_FRAMES = 300
const NOTHING_NEW_FRAMES = 45
const LEAST_KEPT_FRAMES = 4

interface Taken {
  readonly atMs: number
  readonly image: Uint8Array
}

/** A guided capture: looks at the camera's frames until all that is asked has been seen. */
export class FaceCapture {
  readonly state = signal<CaptureState | undefined>(undefined)
  /** The last look, to be drawn. */
  readonly look = signal<
    { readonly look: Look; readonly heightPx: number; readonly good: boolean } | undefined
  >(undefined)
  private readonly guide: FaceGuide
  private readonly diverse: DiverseFrames<Promise<Taken>>
  private readonly guided: Promise<Taken>[] = []
  private goodFrames = 0
  private goodAtLastNew = 0
  private stopped = false

  /** @param diverseFrames how many frames of the person beside the guided ones: at sign-up some, at sign-in none */
  constructor(
    actions: readonly FaceAction[],
    private readonly diverseFrames: number,
  ) {
    this.guide = new FaceGuide(actions)
    this.diverse = new DiverseFrames(diverseFrames)
  }

  private get enoughSeen(): boolean {
    if (this.diverseFrames === 0 || this.goodFrames >= MOST_GOOD_FRAMES) return true
    const { length } = this.diverse.frames
    return length >= LEAST_KEPT_FRAMES && this.goodFrames - this.goodAtLastNew >= NOTHING_NEW_FRAMES
  }

  /** Resolves with the frames when all is done, with undefined after `stop`.
   *  @throws AppError "page/camera", "page/face-worker" */
  async run(video: HTMLVideoElement): Promise<{ frames: FaceFrame[]; takenAtMs: number } | undefined> {
    const watcher = new FaceWatcher()
    let camera: FaceCamera | undefined
    try {
      camera = await FaceCamera.open(video)
      await watcher.ready
      while (!this.stopped && !(this.guide.done && this.enoughSeen)) await this.lookOnce(camera, watcher)
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
    const [face] = look.faces
    let picture: Promise<Taken> | undefined
    const take = (): Promise<Taken> => {
      picture ??= camera.picture().then((image) => ({ atMs, image }))
      return picture
    }
    if (face !== undefined && look.faces.length === 1) {
      if (good && !this.enoughSeen) {
        this.goodFrames++
        const signature = signatureOf(rgba, widthPx, heightPx, face.box)
        if (this.diverse.offer(signature, take)) this.goodAtLastNew = this.goodFrames
      }
      // While a person moves, a frame may be less than good; the server decides whether it will do.
      if (this.enoughSeen && (good || this.guide.prompt.kind === "action") && this.guide.offer(face)) {
        this.guided.push(take())
      }
    }
    await picture // the next frame is drawn over this one
    this.look.value = { look, heightPx, good }
    this.state.value = {
      meters,
      prompt: this.guide.prompt,
      reached: face === undefined ? 0 : this.guide.reached(face),
      stages: this.guide.progress,
      goodFrames: this.goodFrames,
      keptFrames: this.diverse.frames.length,
    }
    await new Promise(requestAnimationFrame)
  }

  /** The guided frames, and as many of the others as the message holds, by time. */
  private async bundle(): Promise<{ frames: FaceFrame[]; takenAtMs: number }> {
    const guided = await Promise.all(this.guided)
    const taken = new Map(guided.map((frame) => [frame.atMs, frame]))
    let bytes = guided.reduce((sum, { image }) => sum + image.length + 8, 1)
    for (const { picture } of this.diverse.frames) {
      const frame = await picture
      if (taken.has(frame.atMs) || taken.size >= MAX_FACE_FRAMES) continue
      if (bytes + frame.image.length + 8 > MAX_FACE_BUNDLE_BYTES) break
      bytes += frame.image.length + 8
      taken.set(frame.atMs, frame)
    }
    const sorted = [...taken.values()].sort((a, b) => a.atMs - b.atMs)
    const takenAtMs = sorted[0]?.atMs ?? Date.now()
    return { frames: sorted.map(({ atMs, image }) => ({ offsetMs: atMs - takenAtMs, image })), takenAtMs }
  }
}
