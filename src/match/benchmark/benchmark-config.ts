import { Resolution } from "@sourceprint/core/image/resolution.js"
import { z } from "zod"
import type { Modality } from "../matcher.js"

/** What a benchmark compares, stored with its results. */
export const BenchmarkConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
  /** Folders with a manifest each. */
  datasets: z.array(z.string()).min(1),
  modality: z.enum(["fingerprint", "face"] satisfies Modality[]).default("fingerprint"),
  matchers: z.array(z.string()).min(1),
  /** "files": `enroll.csv`, `probe.csv` and `pairs.csv` in `protocolFolder`. */
  protocol: z.enum(["all-pairs", "fvc", "files"]).default("all-pairs"),
  protocolFolder: z.string().optional(),
  /** Keeps only fingers whose name matches, such as "^10[1-5]$" for a tuning part. */
  fingers: z.string().default(""),
  /** Of every image, in place of what the datasets say. */
  dpi: Resolution.optional(),
  seed: z.int().min(0).default(1),
  /** Comparisons a job; a killed run repeats at most this much a core. */
  comparisonsPerCell: z.int().min(1).default(20_000),
  templatesPerCell: z.int().min(1).default(80),
})
export type BenchmarkConfig = z.infer<typeof BenchmarkConfig>
