import type { Ask, CallName } from "@sourceprint/core/workbench/workbench-data.js"
import { z } from "zod"

const name = z.string().min(1).max(300)
const text = z.string().max(5000)
const nothing = z.strictObject({})
const ofRun = z.strictObject({ run: name })
const ofDataset = z.strictObject({ dataset: name })
const experiment = z.strictObject({ experiment: z.unknown() })

/** The shape of every request. */
export const workbenchAsks: { readonly [Name in CallName]: z.ZodType<Ask<Name>> } = {
  runs: nothing,
  run: ofRun,
  "job-curves": z.strictObject({ run: name, job: name }),
  compare: z.strictObject({ runs: z.array(name).min(1).max(200), models: z.enum(["chosen", "all"]) }),
  note: z.strictObject({
    run: name,
    title: text.optional(),
    text: text.optional(),
    tag: z.array(name).max(50).optional(),
    untag: z.array(name).max(50).optional(),
  }),
  stop: ofRun,
  resume: ofRun,
  schema: nothing,
  check: experiment,
  clone: ofRun,
  start: experiment,
  datasets: nothing,
  dataset: ofDataset,
  "check-dataset": ofDataset,
  registry: nothing,
  promote: ofRun,
  "move-alias": z.strictObject({ alias: name, model: name, why: text }),
  "roll-back": z.strictObject({ alias: name, why: text }),
  trials: nothing,
  "open-report": z.strictObject({ id: name }),
}
