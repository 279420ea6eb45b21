import { Sample } from "@sourceprint/core/dataset/sample.js"
import { z } from "zod"
import { expansions } from "../fingerprint/r307/image-decoder.js"

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What is known of one touch beside its manifest row: `<image>.json`, next to the image and its raw bytes. */
export const TouchRecord = z.strictObject({
  sample: Sample,
  /** SHA-256 of the raw file: two 4-bit levels a byte, the left pixel in the high nibble, row by row. */
  rawSha256: sha256,
  expansion: z.enum(expansions),
  sensor: z.string(),
  baud: z.number(),
  packetSizeBytes: z.number(),
  /** More than 1: the line was noisy. */
  transfers: z.int().min(1),
  transferMs: z.number(),
  /** ISO 8601, UTC. */
  capturedAt: z.string(),
  quality: z.record(z.string(), z.number()),
  /** Reasons of the quality gate that the operator overruled; empty when it was content. */
  overruled: z.array(z.string()),
  operator: z.string(),
  plan: z.string(),
  /** True for touches of the twin. */
  simulated: z.boolean(),
})
export type TouchRecord = Readonly<z.infer<typeof TouchRecord>>

export const recordPathOf = (imagePath: string): string => imagePath.replace(/\.bmp$/, ".json")
export const rawPathOf = (imagePath: string): string => imagePath.replace(/\.bmp$/, ".nib")
