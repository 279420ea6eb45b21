import type * as Tf from "@tensorflow/tfjs"
import type { TfModule } from "./model-entry.js"

/** `full`: 3 × 3 convolution; `separable`: 3 × 3 a channel, then 1 × 1 across channels. */
export interface Stage {
  readonly kind: "full" | "separable"
  readonly filters: number
  /** 2 halves the side in place of pooling. Default 1. */
  readonly stride?: 1 | 2
}

export interface StageSettings {
  readonly stages: readonly Stage[]
  /** Halves the side after every stage of stride 1 but the last. */
  readonly pooling: "average" | "max"
  readonly weightDecay: number
  readonly seed: number
}

/** Convolution, batch normalisation, ReLU and pooling a stage; then global average and one sigmoid:
 *  (N, H, W, C) -> (N, 1). Every initial weight comes from `seed`. */
export function convolutionStages(
  tf: TfModule,
  input: Tf.SymbolicTensor,
  { stages, pooling, weightDecay, seed }: StageSettings,
): Tf.SymbolicTensor {
  const decay = (): ReturnType<typeof tf.regularizers.l2> => tf.regularizers.l2({ l2: weightDecay })
  let x = input
  const add = (layer: Tf.layers.Layer): void => {
    x = layer.apply(x) as Tf.SymbolicTensor
  }
  stages.forEach(({ kind, filters, stride = 1 }, i) => {
    const name = (part: string): string => `${part}${i + 1}`
    if (kind === "separable") {
      add(
        tf.layers.depthwiseConv2d({
          kernelSize: 3,
          strides: stride,
          padding: "same",
          useBias: false,
          depthwiseInitializer: tf.initializers.glorotUniform({ seed: seed + 50 + i }),
          name: name("depthwise"),
        }),
      )
    }
    add(
      tf.layers.conv2d({
        filters,
        kernelSize: kind === "separable" ? 1 : 3,
        strides: kind === "separable" ? 1 : stride,
        padding: "same",
        useBias: false,
        kernelInitializer: tf.initializers.heNormal({ seed: seed + i }),
        kernelRegularizer: decay(),
        name: name("conv"),
      }),
    )
    add(tf.layers.batchNormalization({ momentum: 0.9, name: name("norm") }))
    add(tf.layers.reLU({ name: name("relu") }))
    if (i === stages.length - 1 || stride === 2) return
    add(
      pooling === "average"
        ? tf.layers.averagePooling2d({ poolSize: 2, name: name("pool") })
        : tf.layers.maxPooling2d({ poolSize: 2, name: name("pool") }),
    )
  })
  add(tf.layers.globalAveragePooling2d({ name: "average" }))
  add(
    tf.layers.dense({
      units: 1,
      activation: "sigmoid",
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + stages.length }),
      kernelRegularizer: decay(),
      name: "target",
    }),
  )
  return x
}
