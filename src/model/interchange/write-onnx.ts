import { defined } from "@sourceprint/core/defined.js"
import type { LayerKind, Network, NetworkLayer, Weight } from "./network.js"
import { encodeOnnx, type OnnxNode, type OnnxTensor } from "./onnx-file.js"

type Attributes = NonNullable<OnnxNode["attributes"]>

/** Where a layer puts its nodes and weights; each gives back the name of its result. */
interface Graph {
  node(op: string, inputs: readonly string[], attributes?: Attributes): string
  weight(weight: Weight): string
}
/** A layer and the names of what comes in. @returns the name of what goes out */
type Turn = (layer: NetworkLayer, inputs: readonly string[], graph: Graph) => string

/** Keras's "same" puts an odd pixel of padding at the end, as SAME_UPPER does. */
const windowOf = (size: unknown, { strides, padding }: NetworkLayer["config"]): Attributes => ({
  kernel_shape: size as number[],
  strides: strides as number[],
  auto_pad: padding === "same" ? "SAME_UPPER" : "VALID",
})

/** (height, width, in, out) -> (out, in, height, width); of a depthwise kernel (height, width, channels, multiplier)
 *  -> (channels × multiplier, 1, height, width). */
function channelsFirst({ shape, values }: Weight, isDepthwise: boolean): Weight {
  const [h = 0, w = 0, a = 0, b = 0] = shape
  const [outputs, inputs] = isDepthwise ? [a * b, 1] : [b, a]
  const turned = new Float32Array(values.length)
  for (let i = 0; i < h * w; i++) {
    for (let m = 0; m < a; m++) {
      for (let n = 0; n < b; n++) {
        const [out, into] = isDepthwise ? [m * b + n, 0] : [n, m]
        turned[(out * inputs + into) * h * w + i] = defined(values[(i * a + m) * b + n])
      }
    }
  }
  return { shape: [outputs, inputs, h, w], values: turned }
}

function clip(from: string, low: number, high: number, graph: Graph): string {
  const [least, most] = [low, high].map((value) => graph.weight({ shape: [], values: Float32Array.of(value) }))
  return graph.node("Clip", [from, defined(least), defined(most)])
}

/** By the activations that `layerKinds` lets through. */
const activations: Readonly<Record<string, (from: string, graph: Graph) => string>> = {
  linear: (from) => from,
  relu: (from, graph) => graph.node("Relu", [from]),
  relu6: (from, graph) => clip(from, 0, 6, graph),
  sigmoid: (from, graph) => graph.node("Sigmoid", [from]),
  softmax: (from, graph) => graph.node("Softmax", [from], { axis: 1 }),
  tanh: (from, graph) => graph.node("Tanh", [from]),
  hard_tanh: (from, graph) => clip(from, -1, 1, graph),
}
const activated = (from: string, { activation }: NetworkLayer["config"], graph: Graph): string =>
  defined(activations[String(activation)])(from, graph)

const convolution =
  (isDepthwise: boolean): Turn =>
  ({ config, weights }, inputs, graph) => {
    const [kernel, bias] = weights as [Weight, Weight | undefined]
    const used = [channelsFirst(kernel, isDepthwise), ...(bias ? [bias] : [])].map(graph.weight)
    const group = isDepthwise ? kernel.shape[2] : 1
    const attributes = { ...windowOf(config.kernel_size, config), group: defined(group) }
    return activated(graph.node("Conv", [...inputs, ...used], attributes), config, graph)
  }

const turns: Readonly<Record<Exclude<LayerKind, "InputLayer" | "Flatten">, Turn>> = {
  Conv2D: convolution(false),
  DepthwiseConv2D: convolution(true),
  Dense({ config, weights }, inputs, graph) {
    return activated(graph.node("Gemm", [...inputs, ...weights.map(graph.weight)]), config, graph)
  },
  BatchNormalization({ config, weights }, inputs, graph) {
    const [mean, variance] = weights.slice(-2) as [Weight, Weight]
    const { shape, values } = mean
    const same = (value: number): Weight => ({ shape, values: new Float32Array(values.length).fill(value) })
    const gamma = config.scale === true ? defined(weights[0]) : same(1)
    const beta = config.center === true ? defined(weights.at(-3)) : same(0)
    const vectors = [gamma, beta, mean, variance].map(graph.weight)
    return graph.node("BatchNormalization", [...inputs, ...vectors], { epsilon: Number(config.epsilon) })
  },
  Activation: ({ config }, [from = ""], graph) => activated(from, config, graph),
  ReLU: ({ config }, [from = ""], graph) =>
    typeof config.max_value === "number" ? clip(from, 0, config.max_value, graph) : graph.node("Relu", [from]),
  MaxPooling2D: ({ config }, inputs, graph) => graph.node("MaxPool", inputs, windowOf(config.pool_size, config)),
  AveragePooling2D: ({ config }, inputs, graph) =>
    graph.node("AveragePool", inputs, windowOf(config.pool_size, config)),
  GlobalAveragePooling2D: (_, inputs, graph) =>
    graph.node("Flatten", [graph.node("GlobalAveragePool", inputs)], { axis: 1 }),
  Dropout: (_, [from = ""]) => from,
  Rescaling({ config }, [from = ""], graph) {
    const [scale, offset] = [config.scale, config.offset].map((value) =>
      graph.weight({ shape: [], values: Float32Array.of(Number(value)) }),
    )
    return graph.node("Add", [graph.node("Mul", [from, defined(scale)]), defined(offset)])
  },
  Add: (_, inputs, graph) => graph.node("Sum", inputs),
  Average: (_, inputs, graph) => graph.node("Mean", inputs),
}

/** A network as the bytes of an ONNX file. Images come in as the network's own, (N, height, width, channels), and are
 *  turned once; what ONNX knows of images has channels first. */
export function writeOnnx({ name, layers, output }: Network): Promise<Uint8Array> {
  const nodes: OnnxNode[] = []
  const weights: OnnxTensor[] = []
  const graph: Graph = {
    node(op, inputs, attributes) {
      const result = `${op}-${nodes.length}`
      nodes.push({ op, inputs, output: result, ...(attributes && { attributes }) })
      return result
    },
    weight({ shape, values }) {
      const result = `weight-${weights.length}`
      weights.push({ name: result, dims: shape, values })
      return result
    },
  }
  const [entry, ...others] = layers as [NetworkLayer, ...NetworkLayer[]]
  const [, ...rowShape] = entry.config.batch_shape as number[]
  /** Of each layer, what goes out; those that are images (channels, height, width) in `images`. */
  const results = new Map<string, string>()
  const images = new Set<string>()
  const isImage = rowShape.length === 3
  results.set(entry.name, isImage ? graph.node("Transpose", ["input"], { perm: [0, 3, 1, 2] }) : "input")
  if (isImage) images.add(entry.name)
  for (const layer of others) {
    const inputs = layer.inputs.map((from) => defined(results.get(from)))
    const ofImages = layer.inputs.some((from) => images.has(from))
    if (layer.kind === "Flatten" || layer.kind === "InputLayer") {
      // In the order of the network: channels last.
      const turned = ofImages ? [graph.node("Transpose", inputs, { perm: [0, 2, 3, 1] })] : inputs
      results.set(layer.name, graph.node("Flatten", turned, { axis: 1 }))
      continue
    }
    results.set(layer.name, turns[layer.kind](layer, inputs, graph))
    if (ofImages && layer.kind !== "GlobalAveragePooling2D") images.add(layer.name)
  }
  nodes.push({ op: "Identity", inputs: [defined(results.get(output))], output: "output" })
  const ends = {
    input: { name: "input", shape: ["N", ...rowShape] },
    output: { name: "output", shape: ["N", "outputs"] },
  }
  return Promise.resolve(encodeOnnx({ name, nodes, weights, ...ends }))
}
