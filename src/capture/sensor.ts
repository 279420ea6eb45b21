import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Log } from "@sourceprint/core/log.js"
import type { Expansion } from "./expansion.js"

/** How one image was acquired, in the words of its sensor; written as it is into the record beside the image. */
export type Acquisition = Readonly<Record<string, string | number>>

/** One image of a sensor, whatever the sensor. */
export interface CapturedImage<Own extends Acquisition = Acquisition> {
  readonly image: GrayImage & { readonly dpi: number }
  /** Bits a pixel that the sensor sent; `image` spreads them over 8. */
  readonly bitDepth: number
  /** The bytes of the image as the sensor sent them. */
  readonly raw: Uint8Array
  readonly acquisition: Own
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly capturedAtMs: number
}

/** Speed and packet size of the serial line. */
export interface LineSettings {
  readonly baud: number
  readonly packetSizeBytes: number
}

/** One combination of line settings that was tried. */
export interface TuneTrial extends LineSettings {
  readonly stable: boolean
  /** Milliseconds for one image, measured; absent when unstable. */
  readonly imageMs?: number
  /** Milliseconds that the line alone needs. */
  readonly lineMs: number
  readonly why?: string
}

/** What tuning found and set. */
export interface TuneReport {
  readonly before: LineSettings
  readonly after: LineSettings
  readonly trials: readonly TuneTrial[]
  /** True where the line has no speed that can be set from here. */
  readonly speedFixed: boolean
}

export const ledModes = ["breathing", "flashing", "on", "off", "fade-in", "fade-out"] as const
export const ledColours = ["red", "blue", "purple", "green", "yellow", "cyan", "white"] as const
/** What the ring LED shows. */
export interface LedSetting {
  readonly mode: (typeof ledModes)[number]
  readonly colour: (typeof ledColours)[number]
  /** 0 (fast) to 255 (slow). */
  readonly speed: number
  /** 0: without end. */
  readonly cycles: number
}

/** What a sensor on a line may need to be told; the factory's settings where left out. */
export interface SensorOptions {
  /** Tried first; the others are probed when it fails. */
  readonly baud?: number
  readonly address?: number
  readonly password?: number
  readonly expansion?: Expansion
  readonly log?: Log
}

/** A fingerprint sensor as sessions and commands see it. Calls must not overlap; every call settles within a deadline.
 *  @throws AppError "sensor/…" | "image/…" | "transport/…"; "sensor/unsupported" names what the model lacks */
export interface Sensor {
  /** Model and port in words: "R307 on /dev/ttyUSB0". */
  readonly name: string
  /** The id of its entry in the registry. */
  readonly type: string
  readonly model: string
  /** One look at the platen; true when a finger was there and its image is ready to be read. */
  look(): Promise<boolean>
  /** Reads the image of the last successful look. */
  read(): Promise<CapturedImage>
  /** The unit's name that was written into the module, undefined where there is none or the module keeps no notes. */
  readLabel(): Promise<string | undefined>
  /** Writes the unit's name into the module. */
  writeLabel(unit: string): Promise<void>
  /** Finds and sets the fastest stable line settings. */
  tune(onTrial?: (trial: TuneTrial) => void): Promise<TuneReport>
  /** Sets the ring LED, where the model has one. */
  setLed(setting: LedSetting): Promise<void>
  /** Opens the line again after it was lost, waiting for the device to come back. */
  reconnect(): Promise<void>
  /** Closes the line; the sensor must not be used afterwards. */
  close(): Promise<void>
}
