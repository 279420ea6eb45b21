import { textureV1Groups } from "@sourceprint/model/features/texture-v1.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import { calibratedRidge, fitRidge } from "./grouped-ridge.js"
import type { ModelEntry } from "./model-entry.js"

const groupNames = Object.keys(textureV1Groups) as (keyof typeof textureV1Groups)[]

const Settings = z.strictObject({
  patchSidePx: z.int().min(64).max(256).default(64),
  patchGrid: z.int().min(1).max(6).default(3),
  /** Penalty on the squared weights, for standardised features. */
  penalty: z.number().gt(0).max(10).default(0.01),
  /** Groups of features that it must do without: what is a verdict worth that hangs on one of them? */
  without: z
    .array(z.enum(groupNames))
    .max(groupNames.length - 1)
    .default([]),
})

/** Least squares on hand-made texture statistics: solved in one step, nothing to stop early. */
export const textureRidge: ModelEntry = {
  id: "texture-ridge",
  summary: "the features of texture-mlp -> ridge regression, calibrated on dev",
  settings: Settings,
  plan(settings, view) {
    const { patchSidePx, patchGrid, penalty, without } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "texture-v1" },
    })
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      recipe: calibratedRidge((training) => fitRidge(textureV1Groups, without, penalty, training)),
    }
  },
}
