import { AppError } from "@sourceprint/core/errors.js"
import type * as Tf from "@tensorflow/tfjs"
import { layerSettings, type Network, type NetworkLayer, type Weight } from "./network.js"

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const weightOf = (tensor: Tf.Tensor): Weight => ({ shape: tensor.shape, values: tensor.dataSync<"float32">() })

/** Our own layers as layers of Keras that compute the same. */
function ownLayer(tf: typeof Tf, layer: Tf.layers.Layer, inputs: readonly string[]): NetworkLayer[] | undefined {
  const { name } = layer
  const config = layer.getConfig()
  switch (layer.getClassName()) {
    case "SourceprintClip":
      return [{ name, kind: "Activation", config: { activation: "hard_tanh" }, inputs, weights: [] }]
    case "SourceprintResidualConv": {
      const scaled = tf.tidy(() => {
        const [raw] = layer.getWeights() as [Tf.Tensor4D]
        return (config.kernels === "fixed" ? raw : raw.sub(raw.mean([0, 1], true))).div(Number(config.clipLevels))
      })
      const kernel = weightOf(scaled)
      scaled.dispose()
      const [height, width, , filters] = kernel.shape
      const settings = { filters, kernel_size: [height, width], strides: [1, 1], padding: "same", use_bias: false }
      return [{ name, kind: "Conv2D", config: { ...settings, activation: "hard_tanh" }, inputs, weights: [kernel] }]
    }
    case "SourceprintStandardise": {
      const epsilon = 1e-3
      const limit = 6
      const [mean, factor] = layer.getWeights().map(weightOf) as [Weight, Weight]
      const gamma = factor.values.map((value) => (value * Math.sqrt(1 + epsilon)) / limit)
      const variance = { shape: mean.shape, values: new Float32Array(mean.values.length).fill(1) }
      const weights = [{ shape: mean.shape, values: gamma }, mean, variance]
      const settings = { axis: -1, epsilon, center: false, scale: true }
      const clip = `${name}-clip`
      return [
        { name: `${name}-norm`, kind: "BatchNormalization", config: settings, inputs, weights },
        { name: clip, kind: "Activation", config: { activation: "hard_tanh" }, inputs: [`${name}-norm`], weights: [] },
        { name, kind: "Rescaling", config: { scale: limit, offset: 0 }, inputs: [clip], weights: [] },
      ]
    }
    default:
      return undefined
  }
}

/** What a tfjs model computes, for another format. The model stays as it is.
 *  @throws AppError "interchange/layer" for a layer without a counterpart, "interchange/shape" for a model of several
 *  inputs or outputs, or one that uses a layer twice */
export function networkOf(tf: typeof Tf, model: Tf.LayersModel): Network {
  const [input] = model.inputs
  const [output] = model.outputs
  if (!input || !output || model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new AppError("interchange/shape", `${model.name} has not one input and one output; split it into such models`)
  const entry = input.sourceLayer
  const layers: NetworkLayer[] = [
    { ...layerSettings(entry.name, "InputLayer", { batch_shape: input.shape }), inputs: [], weights: [] },
  ]
  for (const layer of model.layers.filter((one) => one !== entry)) {
    const [node, ...more] = layer.inboundNodes
    if (node === undefined || more.length > 0)
      throw new AppError("interchange/shape", `layer "${layer.name}" is used more than once, which cannot be exchanged`)
    const inputs = node.inboundLayers.map(({ name }) => name)
    const own = ownLayer(tf, layer, inputs)
    if (own !== undefined) {
      layers.push(...own)
      continue
    }
    const config = Object.fromEntries(Object.entries(layer.getConfig()).map(([key, value]) => [snakeCase(key), value]))
    const weights = layer.getWeights().map(weightOf)
    layers.push({ ...layerSettings(layer.name, layer.getClassName(), config), inputs, weights })
  }
  return { name: model.name, layers, output: output.sourceLayer.name }
}
