import { AppError } from "@sourceprint/core/errors.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { Resolution } from "@sourceprint/core/image/resolution.js"
import { z } from "zod"

/** A plan as JSON on disk: image paths are resolved, so that a job needs no dataset. */
export const StoredPlan = z.object({
  templates: z.array(
    z.object({
      id: z.string(),
      role: z.enum(["reference", "probe"]),
      identity: z.string(),
      images: z.array(z.object({ file: z.string(), dpi: Resolution })),
    }),
  ),
  /** reference, probe, genuine (0 or 1), one after another */
  comparisons: z.array(z.number()),
})
export type StoredPlan = z.infer<typeof StoredPlan>

/** One template, or why there is none. */
const StoredTemplate = z.object({
  /** base64 */
  bytes: z.string().nullable(),
  failure: z.string().nullable(),
  quality: z.number(),
  /** CPU time of reading nothing but the decoded image: extraction alone, milliseconds. */
  cpuMs: z.number(),
})
export type StoredTemplate = z.infer<typeof StoredTemplate>
export const StoredTemplates = z.array(StoredTemplate)

/** Of a job's comparisons, in their order. */
export const StoredScores = z.object({ cpuMs: z.number(), scores: z.array(z.number()) })

const refusal = { code: "benchmark/damaged", cure: "delete it and run the benchmark again; it goes on" }

/** @throws AppError "benchmark/damaged" where it is not there, or not what a benchmark writes */
export async function readPart<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const part = await readJson(path, schema, refusal)
  if (part === undefined) throw new AppError(refusal.code, `${path} is not there; run the benchmark again; it goes on`)
  return part
}
