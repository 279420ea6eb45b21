import { gaussianModel } from "@sourceprint/model/gaussian-model.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { handlings } from "../augment/handlings.js"
import { contractFor } from "./contract-for.js"
import { fitGaussians } from "./fit-gaussians.js"
import type { ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  /** How much of the scatter within a scanner counts as equal in all directions. */
  shrinkage: z.number().gt(0).max(1).default(0.01),
  /** Share of dev and of held-out training images that may be refused: too far from their scanner for how near other
   *  scanners are. */
  beyond: z.number().min(0).max(0.5).default(0.0125),
  /** Trained on handled and forged images too (`augment/handlings.ts`): attributes what was compressed or resampled, at
   *  the price of knowing less well what it never saw. */
  handled: z.boolean().default(false),
})

/** For an open world: an image must lie nearer to the target than to every other scanner, and near enough. */
export const textureGaussian: ModelEntry = {
  id: "texture-gaussian",
  summary:
    "texture of the whole window -> Gaussians of one covariance, clearly nearest scanner within a distance from dev",
  settings: Settings,
  plan(settings, view) {
    const { shrinkage, beyond, handled } = Settings.parse(settings ?? {})
    const input = contractFor(view, { encoding: { kind: "texture-v2" } })
    const forged = handled ? handlings.length : undefined
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      ...(handled ? { handlings } : {}),
      recipe: {
        kind: "classical",
        modelKind: "gaussian-v1",
        fit: (training, dev, _seed, shared) =>
          gaussianModel(fitGaussians(training, dev, { shrinkage, beyond, forged }, shared)),
      },
    }
  },
}
