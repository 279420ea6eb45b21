import { z } from "zod"
import { ResidualConv } from "../../shared/model/layers/residual-conv.js"
import { inputShape } from "../../shared/model/view/encode-patch.js"
import { contractFor } from "./contract-for.js"
import { convolutionStages, type Stage } from "./convolution-stages.js"
import type { ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  patchSidePx: z.int().min(32).max(256).default(64),
  patchGrid: z.int().min(1).max(6).default(3),
  firstLayer: z.enum(["fixed", "constrained"]).default("fixed"),
  /** Filters of the constrained first layer; the fixed one has six. */
  firstFilters: z.int().min(1).max(64).default(6),
  clipLevels: z.number().min(0.5).max(255).default(8),
  filters: z.array(z.int().min(1).max(256)).min(1).max(6).default([12, 24, 32]),
  /** 2: the first block halves the side as it filters; a third of the work. */
  firstStride: z.union([z.literal(1), z.literal(2)]).default(2),
  weightDecay: z.number().min(0).max(0.1).default(1e-4),
})

/** Sees noise, not ridges: high-pass residuals, clipped, then convolution blocks with average pooling. */
export const residualCnn: ModelEntry = {
  id: "residual-cnn",
  summary: "high-pass (fixed or constrained) first layer, convolution blocks on patches, mean vote",
  settings: Settings,
  plan(settings, view) {
    const {
      patchSidePx,
      patchGrid,
      firstLayer,
      firstFilters,
      clipLevels,
      filters,
      firstStride,
      weightDecay,
    } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "pixels", channels: 1, scaling: "raw" },
    })
    const shape = inputShape(input)
    return {
      input,
      inputShape: shape,
      training: { epochs: 30, batchSize: 32, learningRate: 2e-3, patience: 8 },
      augmentable: true,
      recipe: {
        kind: "layers",
        build(tf, seed) {
          const image = tf.input({ shape: [...shape], name: "patch" })
          const residual = new ResidualConv({
            kernels: firstLayer,
            filters: firstFilters,
            clipLevels,
            seed: seed + 100,
            name: "residual",
          }).apply(image) as typeof image
          const stages = filters.map(
            (count, i): Stage => ({
              kind: "full",
              filters: count,
              stride: i === 0 ? firstStride : 1,
            }),
          )
          const target = convolutionStages(tf, residual, { stages, pooling: "average", weightDecay, seed })
          return tf.model({ inputs: image, outputs: target, name: "residual-cnn" })
        },
      },
    }
  },
}
