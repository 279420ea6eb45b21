import { AppError } from "@sourceprint/core/errors.js"
import { DETECTION_WIDTH_PX } from "./face-request.js"

export interface Grabbed {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
  readonly widthPx: number
  readonly heightPx: number
}

/** Wide enough for an aligned face, small enough that a bundle of frames fits into one message. */
const SENT_WIDTH_PX = 480
const JPEG_QUALITY = 0.82

function refusal(cause: unknown): AppError {
  const name = cause instanceof DOMException ? cause.name : ""
  const words: Record<string, string> = {
    NotAllowedError: "the camera was not allowed: allow it for this page (beside the address), then start it again",
    NotFoundError: "no camera is connected to this computer",
    OverconstrainedError: "no camera is connected to this computer",
    NotReadableError: "the camera is used by another program: close that one, then start it again",
  }
  return new AppError("page/camera", words[name] ?? "the camera could not be started", { cause })
}

/** The camera in a video element. What is grabbed is not mirrored; the page shows it mirrored, as people know it. */
export class FaceCamera {
  private readonly small = document.createElement("canvas")
  private readonly sent = document.createElement("canvas")

  private constructor(
    private readonly video: HTMLVideoElement,
    private readonly stream: MediaStream,
  ) {}

  /** @throws AppError "page/camera" */
  static async open(video: HTMLVideoElement): Promise<FaceCamera> {
    let stream: MediaStream | undefined
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } },
      })
      video.srcObject = stream
      await video.play()
      return new FaceCamera(video, stream)
    } catch (cause) {
      for (const track of stream?.getTracks() ?? []) track.stop()
      throw refusal(cause)
    }
  }

  /** False once the camera was unplugged or taken away. */
  get live(): boolean {
    return this.stream.getVideoTracks().some((track) => track.readyState === "live")
  }

  /** Resolves when the camera has brought another frame, or when the browser cannot tell, with its next picture. */
  nextFrame(): Promise<void> {
    return new Promise((resolve) => {
      if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback(() => resolve())
      else requestAnimationFrame(() => resolve())
    })
  }

  /** The frame that is shown now, at the size for detection; `picture` gives the same one. */
  grab(): Grabbed {
    const { videoWidth, videoHeight } = this.video
    const shape = videoHeight / videoWidth
    const widthPx = DETECTION_WIDTH_PX
    const heightPx = Math.round(widthPx * shape)
    this.sent.width = Math.min(SENT_WIDTH_PX, videoWidth)
    this.sent.height = Math.round(this.sent.width * shape)
    this.context(this.sent).drawImage(this.video, 0, 0, this.sent.width, this.sent.height)
    this.small.width = widthPx
    this.small.height = heightPx
    const context = this.context(this.small)
    context.drawImage(this.sent, 0, 0, widthPx, heightPx)
    return { rgba: context.getImageData(0, 0, widthPx, heightPx).data, widthPx, heightPx }
  }

  /** The frame of the last `grab` as a JPEG file. */
  async picture(): Promise<Uint8Array> {
    const blob = await new Promise<Blob | null>((resolve) => this.sent.toBlob(resolve, "image/jpeg", JPEG_QUALITY))
    if (blob === null) throw new TypeError("the browser writes no JPEG")
    return new Uint8Array(await blob.arrayBuffer())
  }

  private context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext("2d", { willReadFrequently: true })
    if (context === null) throw new TypeError("the browser draws no canvas")
    return context
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop()
    this.video.srcObject = null
  }
}
