import { z } from "zod"

/** How the learning rate moves over training: `constant`; `cosine` falls to `floor` × the rate at the last epoch
 *  (Loshchilov and Hutter 2017, no restarts); `step` multiplies by `factor` every `every` epochs. All may warm up
 *  linearly over the first `warmupEpochs`. */
export const LearningRateSchedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), warmupEpochs: z.number().min(0).max(100).default(0) }),
  z.strictObject({
    kind: z.literal("cosine"),
    warmupEpochs: z.number().min(0).max(100).default(0),
    floor: z.number().min(0).max(1).default(0.02),
  }),
  z.strictObject({
    kind: z.literal("step"),
    warmupEpochs: z.number().min(0).max(100).default(0),
    every: z.int().min(1).max(500),
    factor: z.number().gt(0).max(1),
  }),
])
export type LearningRateSchedule = z.infer<typeof LearningRateSchedule>

/** Factor on the learning rate at `epoch`, a real number from 0 to `epochs`: 2.5 is the middle of the third. */
export function learningRateFactor(schedule: LearningRateSchedule, epoch: number, epochs: number): number {
  const warm = schedule.warmupEpochs
  if (epoch < warm) return (epoch + 1 / 64) / (warm + 1 / 64) // never exactly zero
  switch (schedule.kind) {
    case "constant":
      return 1
    case "cosine": {
      const way = Math.min(1, (epoch - warm) / Math.max(1e-9, epochs - warm))
      return schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * way))
    }
    case "step":
      return schedule.factor ** Math.floor((epoch - warm) / schedule.every)
  }
}
