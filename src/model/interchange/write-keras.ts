import { utf8 } from "@sourceprint/core/bytes.js"
import { zipSync } from "fflate"
import { withHdf5 } from "./hdf5.js"
import { kerasConfig } from "./keras-config.js"
import type { Network, Weight } from "./network.js"

/** The version that the written files are checked with. */
const KERAS_VERSION = "3.15.1"

type Group = import("h5wasm").Group

function writeWeight(group: Group, name: string, { shape, values }: Weight): void {
  group.create_dataset({ name, data: values, shape: [...shape], dtype: "<f" })
}

/** Names of the weights of a kind, in Keras's order. */
const weightNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `weight_${i}`)

/** A network as Keras's one-file HDF5 format (`.h5`), float32. */
export async function writeKerasH5(network: Network): Promise<Uint8Array> {
  const { bytes } = await withHdf5(undefined, (file) => {
    file.create_attribute("keras_version", KERAS_VERSION)
    file.create_attribute("backend", "tensorflow")
    file.create_attribute("model_config", JSON.stringify(kerasConfig(network, "Functional")))
    const all = file.create_group("model_weights")
    all.create_attribute("keras_version", KERAS_VERSION)
    all.create_attribute("backend", "tensorflow")
    all.create_attribute(
      "layer_names",
      network.layers.map(({ name }) => name),
    )
    for (const { name, weights } of network.layers) {
      const group = all.create_group(name)
      if (weights.length === 0) continue
      const names = weightNames(weights.length)
      group.create_attribute("weight_names", names)
      weights.forEach((weight, i) => {
        writeWeight(group, names[i] ?? "", weight)
      })
    }
  })
  return bytes
}

/** conv2d of Conv2D, batch_normalization of BatchNormalization, re_lu of ReLU: how Keras 3 names a layer's weights. */
export const storeName = (kind: string): string =>
  kind
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()

/** The place of each layer's weights in `model.weights.h5`, layer by layer. */
export function storeNames(kinds: readonly string[]): string[] {
  const used = new Map<string, number>()
  return kinds.map((kind) => {
    const name = storeName(kind)
    const count = used.get(name) ?? 0
    used.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  })
}

/** A network in the format of Keras 3 (`.keras`): a zip of settings and weights, float32. */
export async function writeKeras(network: Network): Promise<Uint8Array> {
  const { bytes: weightFile } = await withHdf5(undefined, (file) => {
    const all = file.create_group("layers")
    const places = storeNames(network.layers.map(({ kind }) => kind))
    network.layers.forEach(({ weights }, i) => {
      const vars = all.create_group(places[i] ?? "").create_group("vars")
      weights.forEach((weight, j) => {
        writeWeight(vars, String(j), weight)
      })
    })
    file.create_group("vars")
  })
  const config = {
    module: "keras.src.models.functional",
    ...kerasConfig(network, "Functional"),
    registered_name: "Functional",
  }
  const metadata = { keras_version: KERAS_VERSION, date_saved: "1980-01-01@00:00:00" }
  return zipSync(
    {
      "metadata.json": utf8(JSON.stringify(metadata)),
      "config.json": utf8(JSON.stringify(config)),
      "model.weights.h5": weightFile,
    },
    { level: 0, mtime: "1980-01-01T00:00:00" },
  )
}
