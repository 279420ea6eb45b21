import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import type * as Tf from "@tensorflow/tfjs"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import type { ModelEntry, TfModule } from "./model-entry.js"

const Settings = z.strictObject({
  /** Width multiplier: every channel count times alpha. */
  alpha: z.number().min(0.05).max(2).default(0.25),
  channels: z.union([z.literal(1), z.literal(3)]).default(1),
  scaling: z.enum(["raw", "unit", "signed", "standardised"]).default("signed"),
  /** Side of the square cut from a window (a whole frame is taken whole: its size is the view's). */
  patchSidePx: z.int().min(32).max(512).default(96),
  patchGrid: z.int().min(1).max(6).default(2),
  weightDecay: z.number().min(0).max(0.1).default(0),
  /** Of the moving averages in batch normalisation; 0.99 is customary where epochs have thousands of steps. */
  normMomentum: z.number().min(0).max(0.999).default(0.9),
})

/** Channels at alpha 1 and stride of the 13 depthwise separable blocks (Howard et al. 2017, table 1). */
const BLOCKS: readonly (readonly [channels: number, stride: 1 | 2])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
]

type NetworkSettings = Pick<z.infer<typeof Settings>, "alpha" | "weightDecay" | "normMomentum"> & {
  readonly seed: number
}

function network(
  tf: TfModule,
  input: Tf.SymbolicTensor,
  { alpha, weightDecay, normMomentum, seed }: NetworkSettings,
): Tf.SymbolicTensor {
  const width = (channels: number): number => Math.max(1, Math.floor(channels * alpha))
  const start = (k: number): ReturnType<typeof tf.initializers.glorotUniform> =>
    tf.initializers.glorotUniform({ seed: seed + k })
  const decay = (): ReturnType<typeof tf.regularizers.l2> => tf.regularizers.l2({ l2: weightDecay })
  let x = input
  const add = (layer: Tf.layers.Layer): void => {
    x = layer.apply(x) as Tf.SymbolicTensor
  }
  const finish = (name: string): void => {
    add(tf.layers.batchNormalization({ momentum: normMomentum, name: `${name}-norm` }))
    add(tf.layers.activation({ activation: "relu6", name: `${name}-relu` }))
  }
  add(
    tf.layers.conv2d({
      filters: width(32),
      kernelSize: 3,
      strides: 2,
      padding: "same",
      useBias: false,
      kernelInitializer: start(0),
      kernelRegularizer: decay(),
      name: "conv1",
    }),
  )
  finish("conv1")
  BLOCKS.forEach(([channels, strides], i) => {
    add(
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        strides,
        padding: "same",
        useBias: false,
        depthwiseInitializer: start(2 * i + 1),
        name: `depthwise${i + 1}`,
      }),
    )
    finish(`depthwise${i + 1}`)
    add(
      tf.layers.conv2d({
        filters: width(channels),
        kernelSize: 1,
        padding: "same",
        useBias: false,
        kernelInitializer: start(2 * i + 2),
        kernelRegularizer: decay(),
        name: `pointwise${i + 1}`,
      }),
    )
    finish(`pointwise${i + 1}`)
  })
  add(tf.layers.globalAveragePooling2d({ name: "average" }))
  add(
    tf.layers.dense({
      units: 1,
      activation: "sigmoid",
      kernelInitializer: start(2 * BLOCKS.length + 1),
      name: "target",
    }),
  )
  return x
}

/** MobileNet v1 from scratch. alpha 1, three channels, raw grey on a whole frame of 256 × 288 px, Adam at 1e-4 in
 *  batches of 8 is the recipe of the system that this project replaces. */
export const mobilenetV1: ModelEntry = {
  id: "mobilenet-v1",
  summary: "MobileNet v1 from scratch (width, channels and scaling as settings), one sigmoid",
  settings: Settings,
  plan(settings, view) {
    const { channels, scaling, patchSidePx, patchGrid, ...body } = Settings.parse(settings ?? {})
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "pixels", channels, scaling },
    })
    const shape = inputShape(input)
    return {
      input,
      inputShape: shape,
      training: { epochs: 30, batchSize: 16, learningRate: 1e-3, patience: 8 },
      augmentable: true,
      recipe: {
        kind: "layers",
        build(tf, seed) {
          const image = tf.input({ shape: [...shape], name: "image" })
          const target = network(tf, image, { ...body, seed })
          return tf.model({ inputs: image, outputs: target, name: "mobilenet-v1" })
        },
      },
    }
  },
}
