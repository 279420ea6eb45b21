/** The networks that the engine's figures are measured on, with made-up images: time does not depend on the pixels. */

import { Rng } from "@sourceprint/core/rng.js"
import { newOptimiserState } from "@sourceprint/train/optimiser.js"
import type { Batch } from "@sourceprint/train/training-rows.js"
import { trainableWeights, trainBatch, trainingStep } from "@sourceprint/train/training-step.js"
import type * as tfjs from "@tensorflow/tfjs"

type Tf = typeof tfjs

export interface BenchModel {
  readonly name: string
  readonly inputShape: [number, number, number]
  readonly batchSize: number
  build(tf: Tf): tfjs.LayersModel
}

/** Convolutions 32-64-128 (3 x 3, relu, max-pool 2 after each), dense 128, sigmoid. */
export const plainCnn: BenchModel = {
  name: "cnn 32-64-128, 128x128x1",
  inputShape: [128, 128, 1],
  batchSize: 32,
  build(tf) {
    const model = tf.sequential()
    for (const [index, filters] of [32, 64, 128].entries()) {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: index + 1 })
      const shape = index === 0 ? { inputShape: this.inputShape } : {}
      model.add(
        tf.layers.conv2d({
          ...shape,
          filters,
          kernelSize: 3,
          padding: "same",
          activation: "relu",
          kernelInitializer,
        }),
      )
      model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
    }
    model.add(tf.layers.flatten())
    const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
    model.add(tf.layers.dense({ units: 128, activation: "relu", kernelInitializer: seeded(4) }))
    model.add(tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: seeded(5) }))
    return model
  },
}

/** The same network on small images and with few filters: for checks that run many steps. */
export const smallCnn: BenchModel = {
  name: "cnn 8-16, 24x24x1",
  inputShape: [24, 24, 1],
  batchSize: 8,
  build(tf) {
    const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
    const model = tf.sequential()
    const conv = { kernelSize: 3, padding: "same", activation: "relu" } as const
    model.add(tf.layers.conv2d({ ...conv, inputShape: this.inputShape, filters: 8, kernelInitializer: seeded(1) }))
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
    model.add(tf.layers.conv2d({ ...conv, filters: 16, strides: 2, kernelInitializer: seeded(2) }))
    model.add(tf.layers.batchNormalization())
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense({ units: 16, activation: "relu", kernelInitializer: seeded(3) }))
    model.add(tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: seeded(4) }))
    return model
  },
}

/** MobileNet v1, width 1.0 (Howard et al., 2017, table 1), one sigmoid at the end. */
export const mobileNet: BenchModel = {
  name: "MobileNet 1.0, 144x128x3",
  inputShape: [144, 128, 3],
  batchSize: 8,
  build(tf) {
    const { layers } = tf
    const normed = (x: tfjs.SymbolicTensor): tfjs.SymbolicTensor =>
      layers.reLU({ maxValue: 6 }).apply(layers.batchNormalization().apply(x)) as tfjs.SymbolicTensor
    const input = tf.input({ shape: this.inputShape })
    const plain = { useBias: false, padding: "same" } as const
    let x = normed(
      layers.conv2d({ ...plain, filters: 32, kernelSize: 3, strides: 2 }).apply(input) as tfjs.SymbolicTensor,
    )
    const blocks = [
      [64, 1],
      [128, 2],
      [128, 1],
      [256, 2],
      [256, 1],
      [512, 2],
      ...Array.from({ length: 5 }, () => [512, 1]),
      [1024, 2],
      [1024, 1],
    ] as [number, number][]
    for (const [filters, strides] of blocks) {
      const depthwise = layers.depthwiseConv2d({ ...plain, kernelSize: 3, strides })
      x = normed(depthwise.apply(x) as tfjs.SymbolicTensor)
      x = normed(layers.conv2d({ ...plain, filters, kernelSize: 1 }).apply(x) as tfjs.SymbolicTensor)
    }
    x = layers.globalAveragePooling2d({}).apply(x) as tfjs.SymbolicTensor
    x = layers.dropout({ rate: 0.1, seed: 1 }).apply(x) as tfjs.SymbolicTensor
    const outputs = layers.dense({ units: 1, activation: "sigmoid" }).apply(x) as tfjs.SymbolicTensor
    return tf.model({ inputs: input, outputs })
  },
}

/** Three residual blocks of two 3 x 3 convolutions with batch norm (He et al., 2015). */
export const residualNet: BenchModel = {
  name: "residual 32-64-128, 64x64x1",
  inputShape: [64, 64, 1],
  batchSize: 16,
  build(tf) {
    const { layers } = tf
    const conv = (x: tfjs.SymbolicTensor, filters: number, kernelSize: number, strides: number) =>
      layers
        .batchNormalization()
        .apply(
          layers
            .conv2d({ filters, kernelSize, strides, padding: "same", useBias: false })
            .apply(x) as tfjs.SymbolicTensor,
        ) as tfjs.SymbolicTensor
    const relu = (x: tfjs.SymbolicTensor) => layers.reLU().apply(x) as tfjs.SymbolicTensor
    const input = tf.input({ shape: this.inputShape })
    let x = relu(conv(input, 32, 3, 1))
    for (const filters of [32, 64, 128]) {
      const inner = conv(relu(conv(x, filters, 3, 2)), filters, 3, 1)
      x = relu(layers.add().apply([inner, conv(x, filters, 1, 2)]) as tfjs.SymbolicTensor)
    }
    x = layers.globalAveragePooling2d({}).apply(x) as tfjs.SymbolicTensor
    const outputs = layers.dense({ units: 1, activation: "sigmoid" }).apply(x) as tfjs.SymbolicTensor
    return tf.model({ inputs: input, outputs })
  },
}

/** One batch of made-up images in [0, 1) and labels 0, 1, 0, ... */
export function batchFor(tf: Tf, model: BenchModel, batchSize = model.batchSize): Batch {
  const images = tf.randomUniform([batchSize, ...model.inputShape], 0, 1, "float32", 1)
  const rows = images.dataSync<"float32">().slice()
  images.dispose()
  return { rows, labels: Uint8Array.from({ length: batchSize }, (_, i) => i % 2) }
}

/** Trains the network on one batch again and again, by the step that experiments run, with Adam at 1e-3.
 *  @returns a step, which resolves to the mean loss before it */
export function benchTrainer(tf: Tf, spec: BenchModel, model: tfjs.LayersModel, batch: Batch): () => Promise<number> {
  const adam = { kind: "adam", momentum: 0 } as const
  const weights = trainableWeights(model)
  const lengths = weights.map(({ length }) => length)
  const trained = { tf, model, weights, optimiser: newOptimiserState(adam, lengths) }
  const loss = { classWeights: [1, 1], labelSmoothing: 0 } as const
  const rng = new Rng("bench")
  return async () => {
    const step = await trainBatch(trained, adam, 1e-3, rng.fork(`step/${trained.optimiser.step}`), () =>
      trainingStep(tf, model, spec.inputShape, batch, loss),
    )
    return step.lossSum / batch.labels.length
  }
}
