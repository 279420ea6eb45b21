import { z } from "zod"

const share = (limit: number) => z.number().min(0).max(1).default(limit)

/** Limits of the gate at capture. Chosen on FVC2000 DB1-DB3 set B so that under 5 % of each database is refused for
 *  any one reason; checked on FVC2002 (`npm run bench -- capture-quality`). A plan may change each of them. */
export const QualityLimits = z.strictObject({
  /** Least share of the window that shows ridges. */
  coverage: share(0.3),
  /** Least median deviation within ridge blocks, grey levels of 255. */
  contrast: z.number().min(0).max(128).default(12.5),
  /** Least slope over deviation, per pixel: a smear is flat for its contrast. */
  sharpness: share(0.4),
  /** Most of the ridge area that may be at either end of the scale. */
  saturation: share(0.7),
  /** Most loss of slope along one direction. */
  movement: share(0.78),
  /** Most correlation with the touch before: above it, the finger was not lifted or the device sent an old image. */
  similarity: share(0.975),
})
export type QualityLimits = Readonly<z.infer<typeof QualityLimits>>
