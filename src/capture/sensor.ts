import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Expansion, RawImage } from "./fingerprint/r307/image-decoder.js"

/** One image as it came from a sensor, with what a later reader must know about how it got here. */
export interface CapturedImage {
  /** What the sensor sent, before any expansion. */
  readonly raw: RawImage
  /** Bits a pixel of `raw`. */
  readonly bitDepth: 4
  readonly image: GrayImage
  readonly expansion: Expansion
  /** Line settings during the transfer. */
  readonly baud: number
  readonly packetSizeBytes: number
  /** Transfers it took; more than 1 means that the line was noisy. */
  readonly transfers: number
  readonly transferMs: number
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly capturedAtMs: number
}

/** A fingerprint sensor as a session sees it. Calls must not overlap. Every call settles within a deadline. */
export interface Sensor {
  /** Model and port in words: "R307 on /dev/ttyUSB0". */
  readonly name: string
  readonly model: string
  /** One look at the glass; true when a finger was there and its image is ready to be read. */
  look(): Promise<boolean>
  /** Reads the image of the last successful look. @throws AppError "sensor/…" | "image/…" | "transport/…" */
  read(): Promise<CapturedImage>
  /** Opens the line again after it was lost, waiting for the device to come back. */
  reconnect(): Promise<void>
  close(): Promise<void>
}
