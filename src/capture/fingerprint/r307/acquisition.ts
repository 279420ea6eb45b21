import { z } from "zod"
import { expansions } from "../../expansion.js"

/** How an image came over the line. */
export const R307Acquisition = z.strictObject({
  expansion: z.enum(expansions),
  baud: z.number(),
  packetSizeBytes: z.number(),
  /** More than 1: the line was noisy. */
  transfers: z.int().min(1),
  transferMs: z.number(),
})
export type R307Acquisition = Readonly<z.infer<typeof R307Acquisition>>
