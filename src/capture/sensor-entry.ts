import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { z } from "zod"
import type { Platen } from "./fingerprint/twin/device/platen.js"
import type { TwinDevice, TwinOptions } from "./fingerprint/twin/device/twin-device.js"
import type { ScannerModelSettings } from "./fingerprint/twin/scanner-settings.js"
import type { Acquisition, Sensor, SensorOptions } from "./sensor.js"
import type { Transport } from "./transport.js"

/** A sensor that can be chosen by name: its driver, its record and its twin. */
export interface SensorEntry {
  /** The word on the command line, in plans and in records. It never changes meaning. */
  readonly id: string
  /** The manufacturer's name, as manifests have it. */
  readonly model: string
  readonly widthPx: number
  readonly heightPx: number
  readonly dpi: number
  /** Bits a pixel that it sends. */
  readonly bitDepth: number
  /** The fields that it adds to the record of an impression. */
  readonly acquisition: z.ZodType<Acquisition>
  /** Opens the line and proves that the sensor answers. @throws AppError "transport/…" | "sensor/…" */
  open(transport: Transport, options?: SensorOptions): Promise<Sensor>
  /** The image that `raw` is by its acquisition record. @throws RangeError when the bytes do not fill it */
  decode(raw: Uint8Array, acquisition: unknown, widthPx: number, heightPx: number): GrayImage
  /** A simulated one called `unit`, which speaks its wire. */
  twin(unit: string, platen: Platen, options?: Partial<TwinOptions>): TwinDevice
  /** What all simulated units of it share. */
  readonly twinModel: ScannerModelSettings
}
