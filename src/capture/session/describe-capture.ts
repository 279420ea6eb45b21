import { Sample } from "@sourceprint/core/dataset/sample.js"
import { defaultSensor } from "../fingerprint/registry.js"
import type { CaptureQuality } from "../quality/measure-quality.js"
import type { CapturedImage, Sensor } from "../sensor.js"
import type { Hashes } from "./capture-dataset.js"
import type { CaptureRecord } from "./capture-record.js"

/** What a session knows of an impression that its image does not tell. */
export interface TakenTouch
  extends Pick<CaptureRecord, "operator" | "plan" | "simulated">,
    Omit<Sample, "sha256" | "widthPx" | "heightPx" | "dpi" | "bitDepth"> {
  readonly device: Pick<Sensor, "name" | "type">
  readonly captured: CapturedImage
  readonly quality: CaptureQuality
  /** Reasons of the gate that the operator overruled. */
  readonly overruled: readonly string[]
}

/** Manifest row and record of an impression. Nobody takes a twin for a scanner: its model says so. */
export function describeCapture(touch: TakenTouch, { sha256, rawSha256 }: Hashes): CaptureRecord {
  const { device, captured, quality, overruled, operator, plan, simulated, ...where } = touch
  const { image, bitDepth, acquisition, capturedAtMs } = captured
  const { width: widthPx, height: heightPx, dpi } = image
  const scannerModel = simulated ? `${where.scannerModel} (simulated)` : where.scannerModel
  return {
    sample: Sample.parse({ ...where, sha256, scannerModel, widthPx, heightPx, dpi, bitDepth }),
    rawSha256,
    ...acquisition,
    sensor: device.name,
    ...(device.type === defaultSensor.id ? {} : { sensorType: device.type }),
    capturedAt: new Date(capturedAtMs).toISOString(),
    quality: { ...quality },
    overruled: [...overruled],
    operator,
    plan,
    simulated,
  }
}
