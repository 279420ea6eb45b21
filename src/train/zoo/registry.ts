import { AppError } from "@sourceprint/core/errors.js"
import { loadedPlugin } from "../plugins/load-plugin.js"
import type { PluginRef } from "../plugins/plugin.js"
import { livenessRidge } from "./liveness-ridge.js"
import { mobilenetV1 } from "./mobilenet-v1.js"
import type { ModelEntry } from "./model-entry.js"
import { noiseReference } from "./noise-reference.js"
import { noiseReferenceV2 } from "./noise-reference-v2.js"
import { residualCnn } from "./residual-cnn.js"
import { separableCnn } from "./separable-cnn.js"
import { smallCnn } from "./small-cnn.js"
import { textureGaussian } from "./texture-gaussian.js"
import { textureMlp } from "./texture-mlp.js"
import { textureRidge } from "./texture-ridge.js"

/** Every model that an experiment may name without a plug-in. One file a model, one word here. */
export const zooEntries: readonly ModelEntry[] = [
  mobilenetV1,
  smallCnn,
  residualCnn,
  separableCnn,
  textureMlp,
  textureRidge,
  noiseReference,
  noiseReferenceV2,
  livenessRidge,
  textureGaussian,
]

export const zoo: ReadonlyMap<string, ModelEntry> = new Map(zooEntries.map((entry) => [entry.id, entry]))

/** A model of the zoo, else of the plug-ins.
 *  @throws AppError "zoo/unknown" that lists the known ids, "plugin/not-loaded" */
export function zooEntry(id: string, plugins: readonly PluginRef[] = []): ModelEntry {
  const own = zoo.get(id)
  if (own !== undefined) return own
  const added = plugins.flatMap((ref) => loadedPlugin(ref).models ?? [])
  const entry = added.find((one) => one.id === id)
  if (entry !== undefined) return entry
  const known = [...zoo.keys(), ...added.map((one) => one.id)].join(", ")
  throw new AppError("zoo/unknown", `no model is called "${id}"; known: ${known}`)
}
