import { z } from "zod"
import { inputShape } from "../../shared/model/view/encode-patch.js"
import { contractFor } from "./contract-for.js"
import { convolutionStages, type Stage } from "./convolution-stages.js"
import type { ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  patchSidePx: z.int().min(32).max(256).default(64),
  patchGrid: z.int().min(1).max(6).default(3),
  scaling: z.enum(["raw", "unit", "signed", "standardised"]).default("standardised"),
  /** Filters of the convolution blocks; every block but the last halves the side. */
  filters: z.array(z.int().min(1).max(256)).min(1).max(6).default([8, 16, 32, 32]),
  /** 2: the first block halves the side as it filters; a third of the work. */
  firstStride: z.union([z.literal(1), z.literal(2)]).default(2),
  weightDecay: z.number().min(0).max(0.1).default(1e-4),
})

/** Plain convolution blocks (3 × 3, batch normalisation, ReLU, max pooling), global average, one sigmoid. */
export const smallCnn: ModelEntry = {
  id: "small-cnn",
  summary: "plain convolution blocks on patches of the window, mean vote",
  settings: Settings,
  plan(settings, view) {
    const { patchSidePx, patchGrid, scaling, filters, firstStride, weightDecay } = Settings.parse(
      settings ?? {},
    )
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "pixels", channels: 1, scaling },
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
          const patch = tf.input({ shape: [...shape], name: "patch" })
          const stages = filters.map(
            (count, i): Stage => ({
              kind: "full",
              filters: count,
              stride: i === 0 ? firstStride : 1,
            }),
          )
          const target = convolutionStages(tf, patch, { stages, pooling: "max", weightDecay, seed })
          return tf.model({ inputs: patch, outputs: target, name: "small-cnn" })
        },
      },
    }
  },
}
