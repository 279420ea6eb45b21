import { mirroredTexture } from "@sourceprint/model/features/mirrored-texture.js"
import { textureV2Groups } from "@sourceprint/model/features/texture-v2.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import { calibratedRidge, fitRidge, type RawState } from "./grouped-ridge.js"
import type { LabelledRows, ModelEntry } from "./model-entry.js"

const groupNames = Object.keys(textureV2Groups) as (keyof typeof textureV2Groups)[]

const Settings = z.strictObject({
  patchSidePx: z.int().min(64).max(256).default(64),
  patchGrid: z.int().min(1).max(6).default(4),
  /** Penalty on the squared weights, for standardised features. */
  penalty: z.number().gt(0).max(10).default(0.0005),
  /** Groups of features that it must do without. What grey levels occur and how far they reach depends on pressure,
   *  moisture and the driver, not on the material. */
  without: z
    .array(z.enum(groupNames))
    .max(groupNames.length - 1)
    .default(["occupancy", "contrast"]),
})

/** Rows of `texture-v2`, each with those of its mirror images -> a model not yet calibrated.
 *  @param without groups of features that count for nothing @param penalty on the squared weights */
export function fitLiveness(without: readonly string[], penalty: number, training: LabelledRows): RawState {
  const { rowLength } = training
  const rows = new Float32Array(training.rows.length)
  for (let from = 0; from < rows.length; from += rowLength)
    rows.set(mirroredTexture(training.rows.subarray(from, from + rowLength)), from)
  return fitRidge(textureV2Groups, without, penalty, { ...training, rows })
}

/** Tells fingers from artefacts by the finest texture of ridges and valleys. Sets of attacks have few fingers, so it
 *  is linear, and many small patches vote. experiments/NOTES-presentation.md has what else was tried. */
export const livenessRidge: ModelEntry = {
  id: "liveness-ridge",
  summary: "texture and local phase without grey levels -> ridge regression, calibrated on dev; for presentations",
  settings: Settings,
  plan(settings, view) {
    const { patchSidePx, patchGrid, penalty, without } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "texture-v2" },
    })
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      recipe: calibratedRidge((training) => fitLiveness(without, penalty, training)),
    }
  },
}
