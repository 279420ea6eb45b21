import { z } from "zod"
import { inputShape } from "../../shared/model/view/encode-patch.js"
import { contractFor } from "./contract-for.js"
import type { ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  patchSidePx: z.int().min(32).max(256).default(64),
  patchGrid: z.int().min(1).max(6).default(3),
  scaling: z.enum(["raw", "unit", "signed", "standardised"]).default("standardised"),
  /** Filters of the convolution blocks; every block but the last halves the side. */
  filters: z.array(z.int().min(1).max(256)).min(1).max(6).default([8, 16, 32, 32]),
  weightDecay: z.number().min(0).max(0.1).default(1e-4),
})

/** Plain convolution blocks (3 × 3, batch normalisation, ReLU, max pooling), global average, one sigmoid. */
export const smallCnn: ModelEntry = {
  id: "small-cnn",
  summary: "plain convolution blocks on patches of the window, mean vote",
  settings: Settings,
  plan(settings, view) {
    const { patchSidePx, patchGrid, scaling, filters, weightDecay } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "pixels", channels: 1, scaling },
    })
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 30, batchSize: 32, learningRate: 2e-3, patience: 8 },
      augmentable: true,
      recipe: {
        kind: "layers",
        build(tf, seed) {
          const decay = (): ReturnType<typeof tf.regularizers.l2> => tf.regularizers.l2({ l2: weightDecay })
          const model = tf.sequential({ name: "small-cnn" })
          filters.forEach((count, i) => {
            model.add(
              tf.layers.conv2d({
                ...(i === 0 ? { inputShape: [...inputShape(input)] } : {}),
                filters: count,
                kernelSize: 3,
                padding: "same",
                useBias: false,
                kernelInitializer: tf.initializers.heNormal({ seed: seed + i }),
                kernelRegularizer: decay(),
                name: `conv${i + 1}`,
              }),
            )
            model.add(tf.layers.batchNormalization({ momentum: 0.9, name: `norm${i + 1}` }))
            model.add(tf.layers.reLU({ name: `relu${i + 1}` }))
            if (i < filters.length - 1)
              model.add(tf.layers.maxPooling2d({ poolSize: 2, name: `pool${i + 1}` }))
          })
          model.add(tf.layers.globalAveragePooling2d({ name: "average" }))
          model.add(
            tf.layers.dense({
              units: 1,
              activation: "sigmoid",
              kernelInitializer: tf.initializers.glorotUniform({ seed: seed + filters.length }),
              kernelRegularizer: decay(),
              name: "target",
            }),
          )
          return model
        },
      },
    }
  },
}
