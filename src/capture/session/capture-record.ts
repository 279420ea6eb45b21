import { Sample } from "@sourceprint/core/dataset/sample.js"
import { z } from "zod"
import { defaultSensor, sensorOf } from "../fingerprint/registry.js"
import type { SensorEntry } from "../sensor-entry.js"

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What is known of one impression beside its manifest row: `<image>.json`, next to the image and its raw bytes. Every
 *  other field is of the acquisition record of its sensor. */
export const CaptureRecord = z.looseObject({
  sample: Sample,
  /** SHA-256 of the raw file: the image as the sensor sent it. */
  rawSha256: sha256,
  sensor: z.string(),
  /** Which sensor it is, where it is not the default one: older records do not say. */
  sensorType: z.string().optional(),
  /** ISO 8601, UTC. */
  capturedAt: z.string(),
  quality: z.record(z.string(), z.number()),
  /** Reasons of the quality gate that the operator overruled; empty when it was content. */
  overruled: z.array(z.string()),
  operator: z.string(),
  plan: z.string(),
  /** True for impressions of the twin. */
  simulated: z.boolean(),
})
export type CaptureRecord = Readonly<z.infer<typeof CaptureRecord>>

/** A record with its sensor and what that one wrote. @throws ZodError, AppError "sensor/unknown" */
export function readCaptureRecord(document: unknown): {
  readonly record: CaptureRecord
  readonly entry: SensorEntry
  readonly acquisition: unknown
} {
  const record = CaptureRecord.parse(document)
  const entry = sensorOf(record.sensorType ?? defaultSensor.id)
  const rest = Object.entries(record).filter(([key]) => !(key in CaptureRecord.shape))
  return { record, entry, acquisition: entry.acquisition.parse(Object.fromEntries(rest)) }
}

export const recordPathOf = (imagePath: string): string => imagePath.replace(/\.bmp$/, ".json")
export const rawPathOf = (imagePath: string): string => imagePath.replace(/\.bmp$/, ".nib")
