import { Standardise } from "@sourceprint/model/layers/standardise.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { columnMoments } from "./column-moments.js"
import { contractFor } from "./contract-for.js"
import type { ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  patchSidePx: z.int().min(64).max(256).default(96),
  patchGrid: z.int().min(1).max(6).default(2),
  hiddenUnits: z.int().min(1).max(1024).default(32),
  /** Hidden layers side by side, each from its own seed; their log-odds are averaged. */
  members: z.int().min(1).max(16).default(3),
  weightDecay: z.number().min(0).max(1).default(1e-3),
})

/** Hand-made texture statistics into a small perceptron. */
export const textureMlp: ModelEntry = {
  id: "texture-mlp",
  summary: "spectrum, local binary patterns, residual co-occurrence, grey occupancy and contrast -> perceptron",
  settings: Settings,
  plan(settings, view) {
    const { patchSidePx, patchGrid, hiddenUnits, members, weightDecay } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "texture-v1" },
    })
    const shape = inputShape(input)
    return {
      input,
      inputShape: shape,
      training: { epochs: 30, batchSize: 64, learningRate: 2e-3, patience: 8 },
      augmentable: false,
      recipe: {
        kind: "layers",
        build(tf, seed) {
          const decay = (): ReturnType<typeof tf.regularizers.l2> => tf.regularizers.l2({ l2: weightDecay })
          const features = tf.input({ shape: [...shape], name: "features" })
          const standard = new Standardise({ name: "standardise" }).apply(features) as typeof features
          const logits = Array.from({ length: members }, (_, i) => {
            const hidden = tf.layers
              .dense({
                units: hiddenUnits,
                activation: "relu",
                kernelInitializer: tf.initializers.heNormal({ seed: seed + 2 * i }),
                kernelRegularizer: decay(),
                name: `hidden${i + 1}`,
              })
              .apply(standard)
            return tf.layers
              .dense({
                units: 1,
                kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 2 * i + 1 }),
                kernelRegularizer: decay(),
                name: `log-odds${i + 1}`,
              })
              .apply(hidden) as typeof features
          })
          const mean = members === 1 ? logits[0] : tf.layers.average({ name: "mean" }).apply(logits)
          const target = tf.layers.activation({ activation: "sigmoid", name: "target" }).apply(mean)
          return tf.model({ inputs: features, outputs: target as typeof features, name: "texture-mlp" })
        },
        adapt(tf, model, training) {
          const { mean, factor } = columnMoments(training)
          tf.tidy(() => model.getLayer("standardise").setWeights([tf.tensor1d(mean), tf.tensor1d(factor)]))
        },
      },
    }
  },
}
