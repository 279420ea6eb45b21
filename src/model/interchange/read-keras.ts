import { fromUtf8 } from "@sourceprint/core/bytes.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { unzipSync } from "fflate"
import { Dataset, type File, Group } from "h5wasm"
import { z } from "zod"
import { withHdf5 } from "./hdf5.js"
import { layerSettings, type Network, type NetworkLayer, type Weight } from "./network.js"
import { storeNames } from "./write-keras.js"

/** Largest file, and the largest weights in it: eight times those of MobileNet v1 at full width. */
const MOST_BYTES = 256 * 1024 * 1024
const MOST_WEIGHTS = 32 * 1024 * 1024
const MOST_LAYERS = 1000
const MOST_CONFIG_BYTES = 4 * 1024 * 1024

const LayerConfig = z.object({
  class_name: z.string().max(200),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  name: z.string().max(200).optional(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.array(z.unknown()).optional(),
})
const ModelConfig = z.object({
  class_name: z.string(),
  config: z.object({
    name: z.string().max(200),
    layers: z.array(LayerConfig).min(1).max(MOST_LAYERS),
    input_layers: z.array(z.unknown()).optional(),
    output_layers: z.array(z.unknown()).optional(),
    build_input_shape: z.array(z.int().nullable()).optional(),
    batch_input_shape: z.array(z.int().nullable()).optional(),
  }),
})

const fail = (reason: string, cause?: unknown): AppError => new AppError("interchange/file", reason, { cause })

/** Names of layers in what Keras says of connections: ["name", 0, 0] at any depth, as Keras 2 and 3 write it. */
function namesIn(value: unknown, depth = 0): string[] {
  if (depth > 12 || typeof value !== "object" || value === null) return []
  if (Array.isArray(value)) {
    const [name, node, tensor] = value
    if (typeof name === "string" && typeof node === "number" && typeof tensor === "number") {
      if (node !== 0 || tensor !== 0) throw fail(`layer "${name}" is used more than once, which cannot be exchanged`)
      return [name]
    }
  }
  return Object.values(value).flatMap((part) => namesIn(part, depth + 1))
}

type Topology = Omit<Network, "layers"> & { readonly layers: readonly Omit<NetworkLayer, "weights">[] }

/** What a Keras model's settings say, before any weight is read.
 *  @throws AppError "interchange/file", "interchange/layer" */
export function readTopology(json: string): Topology {
  if (json.length > MOST_CONFIG_BYTES) throw fail(`its settings have more than ${MOST_CONFIG_BYTES} bytes`)
  let model: z.infer<typeof ModelConfig>
  try {
    model = ModelConfig.parse(JSON.parse(json))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)
    throw fail(`its settings are not those of a Sequential or Functional model: ${reason}`, cause)
  }
  const sequential = model.class_name === "Sequential"
  if (!sequential && !["Functional", "Model"].includes(model.class_name))
    throw fail(`it is a ${model.class_name}, not a Sequential or Functional model; save one of these`)
  const { config } = model
  const layers: Omit<NetworkLayer, "weights">[] = []
  const [head] = config.layers
  const givenShape = config.build_input_shape ?? config.batch_input_shape ?? head?.config.batch_input_shape
  if (sequential && head?.class_name !== "InputLayer") {
    const settings = layerSettings("input", "InputLayer", { batch_shape: givenShape })
    layers.push({ ...settings, inputs: [] })
  }
  for (const layer of config.layers) {
    const name = layer.name ?? z.string().max(200).parse(layer.config.name)
    const own = layer.module != null && layer.module.split(".")[0] !== "keras"
    const kind = own ? `custom layer (${layer.module}.${layer.class_name})` : layer.class_name
    const settings =
      kind === "InputLayer" ? { batch_shape: layer.config.batch_shape ?? layer.config.batch_input_shape } : layer.config
    const before = layers.at(-1)
    const inputs = sequential ? (before === undefined ? [] : [before.name]) : namesIn(layer.inbound_nodes ?? [])
    if ((layer.inbound_nodes?.length ?? 0) > 1)
      throw fail(`layer "${name}" is used more than once, which cannot be exchanged`)
    if (layers.some((one) => one.name === name)) throw fail(`two layers are called "${name}"`)
    for (const input of inputs)
      if (!layers.some((one) => one.name === input)) throw fail(`layer "${name}" needs "${input}" before it`)
    layers.push({ ...layerSettings(name, kind, settings), inputs })
  }
  const outputs = sequential ? [layers.at(-1)?.name ?? ""] : namesIn(config.output_layers ?? [])
  const inputs = layers.filter(({ kind }) => kind === "InputLayer")
  const [output] = outputs
  if (output === undefined || outputs.length > 1 || inputs.length !== 1)
    throw fail(`it has ${inputs.length} inputs and ${outputs.length} outputs; a model has one of each here`)
  return { name: config.name, layers, output }
}

/** Reads one array after its size was checked against what is left. */
function weightReader(): (item: unknown, name: string) => Weight {
  let left = MOST_WEIGHTS
  return (item, name) => {
    if (!(item instanceof Dataset)) throw fail(`it has no weights at ${name}`)
    const shape = item.shape ?? []
    const size = shape.reduce((a, b) => a * b, 1)
    left -= size
    if (left < 0) throw fail(`it has more than ${MOST_WEIGHTS} weights`)
    if (!/^[<>]?[fd]$/.test(String(item.dtype))) throw fail(`${name} is of type ${item.dtype}, not float32 or float64`)
    const values = item.value
    if (!(values instanceof Float32Array || values instanceof Float64Array)) throw fail(`${name} holds no numbers`)
    const weight = { shape, values: Float32Array.from(values) }
    if (!weight.values.every(Number.isFinite)) throw fail(`${name} has a weight that is no finite number`)
    return weight
  }
}

function readStore(file: File, topology: Topology): Network {
  const read = weightReader()
  const places = storeNames(topology.layers.map(({ kind }) => kind))
  const layers = topology.layers.map((layer, i) => {
    const vars = file.get(`layers/${places[i]}/vars`)
    const count = vars instanceof Group ? vars.keys().length : 0
    const path = (j: number): string => `layers/${places[i]}/vars/${j}`
    return { ...layer, weights: Array.from({ length: count }, (_, j) => read(file.get(path(j)), path(j))) }
  })
  return { ...topology, layers }
}

const strings = z.array(z.string()).max(64)

function readH5(file: File): Network {
  const config = file.attrs.model_config?.value
  if (typeof config !== "string")
    throw fail("it holds no model, perhaps weights alone; save the whole model with model.save")
  const topology = readTopology(config)
  const read = weightReader()
  const layers = topology.layers.map((layer) => {
    const group = file.get(`model_weights/${layer.name}`)
    const listed = group instanceof Group ? group.attrs.weight_names?.value : undefined
    // Keras writes the empty list as one of numbers.
    const names = listed instanceof Float64Array && listed.length === 0 ? [] : strings.parse(listed ?? [])
    const path = (name: string): string => `model_weights/${layer.name}/${name}`
    return { ...layer, weights: names.map((name) => read(file.get(path(name)), path(name))) }
  })
  return { ...topology, layers }
}

/** A model that Keras saved, `.keras` or `.h5`, told apart by their first bytes. No program in it is run, and sizes
 *  are checked before memory is taken.
 *  @throws AppError "interchange/file" for what is no such file, "interchange/layer" for a layer not known */
export async function readKeras(bytes: Uint8Array): Promise<Network> {
  if (bytes.length > MOST_BYTES) throw fail(`it has more than ${MOST_BYTES} bytes`)
  try {
    if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return (await withHdf5(bytes, readH5)).answer
    const limits = new Map([
      ["config.json", MOST_CONFIG_BYTES],
      ["model.weights.h5", MOST_BYTES],
    ])
    const parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const limit = limits.get(name)
        if (limit !== undefined && originalSize > limit) throw fail(`its ${name} has more than ${limit} bytes`)
        return limit !== undefined
      },
    })
    const [config, weights] = [parts["config.json"], parts["model.weights.h5"]]
    if (config === undefined || weights === undefined) throw fail("a .keras file has config.json and model.weights.h5")
    const topology = readTopology(fromUtf8(config))
    return (await withHdf5(weights, (file) => readStore(file, topology))).answer
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw fail(`it cannot be read as a Keras model: ${messageOf(cause)}`, cause)
  }
}
