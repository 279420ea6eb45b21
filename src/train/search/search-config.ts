import { z } from "zod"

/** A number from `from` to `to`, or one of `values`. */
export const SearchRange = z.union([
  z
    .strictObject({
      from: z.number(),
      to: z.number(),
      /** `log`: each power of ten is as likely as the next. */
      scale: z.enum(["linear", "log"]).default("linear"),
      /** Only from, from + step, … A whole number for a setting that counts. */
      step: z.number().gt(0).optional(),
    })
    .refine(({ from, to }) => from < to, { message: "from must be below to" })
    .refine(({ from, scale }) => scale === "linear" || from > 0, { message: "a log scale begins above 0" }),
  z.strictObject({ values: z.array(z.unknown()).min(2) }),
])
export type SearchRange = z.infer<typeof SearchRange>

/** Dimensions of the Sobol table in `sobol.ts`. */
export const MOST_RANGES = 10

const common = {
  /** The key is a path such as "training.learningRate". */
  ranges: z
    .record(z.string().min(1), SearchRange)
    .refine((ranges) => Object.keys(ranges).length >= 1, { message: "names no range" })
    .refine((ranges) => Object.keys(ranges).length <= MOST_RANGES, { message: `has more than ${MOST_RANGES} ranges` }),
  seed: z.int().min(0).default(1),
}
const trials = z.int().min(1).max(10_000)
const halving = {
  /** Epochs of the first rung and of the last; each rung has `reduction` times those of the one before, and one in
   *  `reduction` of its trials. */
  minEpochs: z.int().min(1).max(500),
  maxEpochs: z.int().min(1).max(500),
  reduction: z.int().min(2).max(10).default(3),
}
const rising = { message: "minEpochs must be below maxEpochs" }

/** Trials of one model, judged on dev; see `next-round.ts`. */
export const SearchConfig = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("random"), trials, ...common }),
  z.strictObject({ method: z.literal("sobol"), trials, ...common }),
  z.strictObject({
    method: z.literal("tpe"),
    trials,
    /** Drawn at random before the first that follows from others. */
    startup: z.int().min(2).default(10),
    /** Trials that run side by side before the next are chosen. */
    parallel: z.int().min(1).max(1000).default(1),
    ...common,
  }),
  z
    .strictObject({ method: z.literal("successive-halving"), trials, ...halving, ...common })
    .refine(({ minEpochs, maxEpochs }) => minEpochs < maxEpochs, rising),
  z
    .strictObject({ method: z.literal("hyperband"), ...halving, ...common })
    .refine(({ minEpochs, maxEpochs }) => minEpochs < maxEpochs, rising),
])
export type SearchConfig = z.infer<typeof SearchConfig>
