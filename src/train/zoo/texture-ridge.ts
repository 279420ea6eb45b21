import { textureV1Groups } from "@sourceprint/model/features/texture-v1.js"
import { linearModel, linearScore } from "@sourceprint/model/linear-model.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { columnMoments } from "./column-moments.js"
import { contractFor } from "./contract-for.js"
import { logisticRegression } from "./logistic-regression.js"
import type { ModelEntry } from "./model-entry.js"
import { ridgeRegression } from "./ridge-regression.js"
import { standardised } from "./standardised.js"

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

/** Columns of the named groups count for nothing: their factor is 0. */
function withoutGroups(
  { mean, factor }: { mean: Float32Array; factor: Float32Array },
  without: readonly string[],
): { mean: Float32Array; factor: Float32Array } {
  const kept = groupNames.flatMap((name) =>
    new Array<number>(textureV1Groups[name]).fill(without.includes(name) ? 0 : 1),
  )
  return { mean, factor: factor.map((value, j) => value * kept[j]) }
}

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
      recipe: {
        kind: "classical",
        modelKind: "linear-v1",
        fit(training, dev) {
          const { rowLength, labels } = training
          const moments = withoutGroups(columnMoments(training), without)
          const share = labels.reduce((sum, label) => sum + label, 0) / labels.length
          const targets = Float64Array.from(labels, (label) => (label === 1 ? 1 : -share / (1 - share)))
          const weights = Float32Array.from(
            ridgeRegression(standardised(training, moments), rowLength, targets, penalty),
          ).subarray(0, rowLength) // the bias is fitted again below
          const state = { ...moments, weights }
          const features = Array.from(dev.labels, (_, i) => [linearScore(state, dev.rows, i * rowLength)])
          const [slope, offset] = logisticRegression(features, dev.labels)
          return linearModel({ ...state, slope, offset })
        },
      },
    }
  },
}
