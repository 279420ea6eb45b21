import { AppError } from "@sourceprint/core/errors.js"
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

/** Every model that an experiment may name. One file a model, one word here. */
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

/** @throws AppError "zoo/unknown" that lists the known ids */
export function zooEntry(id: string): ModelEntry {
  const entry = zoo.get(id)
  if (entry === undefined)
    throw new AppError("zoo/unknown", `no model is called "${id}"; known: ${[...zoo.keys()].join(", ")}`)
  return entry
}
