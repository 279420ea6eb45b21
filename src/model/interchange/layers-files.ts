import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { kerasConfig } from "./keras-config.js"
import type { LayerKind, Network, NetworkLayer } from "./network.js"

const NORM = ["gamma", "beta", "moving_mean", "moving_variance"] as const

/** Names that tfjs gives a layer's weights, in Keras's order. */
function weightNames({ kind, config }: NetworkLayer): readonly string[] {
  const bias = config.use_bias === true ? ["bias"] : []
  const names: Partial<Record<LayerKind, readonly string[]>> = {
    Conv2D: ["kernel", ...bias],
    Dense: ["kernel", ...bias],
    DepthwiseConv2D: ["depthwise_kernel", ...bias],
    BatchNormalization: NORM.filter(
      (name) => !(name === "gamma" && !config.scale) && !(name === "beta" && !config.center),
    ),
  }
  return names[kind] ?? []
}

/** As tfjs has it: the input's shape under its older name; no hard_tanh, which becomes a layer of its own
 *  after the layer that has it. */
function forTfjs(network: Network): Network {
  const renamed = new Map<string, string>()
  const layers = network.layers.flatMap((layer): NetworkLayer[] => {
    if (layer.kind === "InputLayer") return [{ ...layer, config: { batch_input_shape: layer.config.batch_shape } }]
    const inputs = layer.inputs.map((name) => renamed.get(name) ?? name)
    if (layer.config.activation !== "hard_tanh") return [{ ...layer, inputs }]
    const name = `${layer.name}-clip`
    renamed.set(layer.name, name)
    const before = { ...layer, inputs, config: { ...layer.config, activation: "linear" } }
    return [before, { name, kind: "SourceprintClip" as LayerKind, config: {}, inputs: [layer.name], weights: [] }]
  })
  return { ...network, layers, output: renamed.get(network.output) ?? network.output }
}

/** `model.json` and `weights.bin` of a network, as `loadLayersModel` reads them.
 *  @throws AppError "interchange/file" where a layer has not the weights of its kind */
export function layersFiles(network: Network): Map<string, Uint8Array> {
  const specs: { name: string; shape: readonly number[]; dtype: "float32" }[] = []
  const parts: Uint8Array[] = []
  const clipped = forTfjs(network)
  for (const layer of clipped.layers) {
    const names = weightNames(layer)
    if (names.length !== layer.weights.length) {
      throw new AppError(
        "interchange/file",
        `layer "${layer.name}" (${layer.kind}) has ${layer.weights.length} weights, expected ${names.join(", ") || 0}`,
      )
    }
    for (const [i, { shape, values }] of layer.weights.entries()) {
      specs.push({ name: `${layer.name}/${names[i]}`, shape, dtype: "float32" })
      parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    }
  }
  const head = {
    format: "layers-model",
    modelTopology: kerasConfig(clipped, "Model"),
    weightsManifest: [{ paths: ["weights.bin"], weights: specs }],
  }
  return new Map([
    ["model.json", utf8(JSON.stringify(head))],
    ["weights.bin", concat(parts)],
  ])
}
