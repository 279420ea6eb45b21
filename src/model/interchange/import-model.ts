import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { loadLayersModel } from "../load-layers-model.js"
import { type ModelCard, sealCard } from "../model-card.js"
import { writeModel } from "../model-registry.js"
import { inputShape } from "../view/encode-patch.js"
import { layersFiles } from "./layers-files.js"
import { readKeras } from "./read-keras.js"

/** Puts a network that Keras saved into the registry. Its card is that of the promoted model which it was exported
 *  from, under a new id, with a limit that says that its figures were not measured again.
 *  @throws AppError "interchange/file", "interchange/layer", "interchange/shape" where input or output are not those of
 *  the card, "model/broken", "model/exists" */
export async function importModel(request: {
  readonly bytes: Uint8Array
  readonly card: ModelCard
  readonly id: string
  readonly registryFolder: string
}): Promise<ModelCard> {
  const { bytes, card, id, registryFolder } = request
  const files = layersFiles(await readKeras(bytes))
  const { tf } = await selectEngine("wasm")
  const model = await loadLayersModel(tf, files)
  const shapes = [model.inputs, model.outputs].map((ends) => ends.map(({ shape }) => shape.slice(1).join(" × ")).join())
  const expected = [inputShape(card.input).join(" × "), "1"]
  const parameterCount = model.countParams()
  model.dispose()
  if (card.model.kind !== "layers" || shapes.some((shape, i) => shape !== expected[i])) {
    throw new AppError(
      "interchange/shape",
      `the model takes ${shapes[0]} and gives ${shapes[1]}; the card ${card.id} (${card.model.kind}) is of one that ` +
        `takes ${expected[0]} and gives 1; give the card that was exported with the model`,
    )
  }
  const { cardSha256: _hash, ...body } = card
  const sizeBytes = [...files.values()].reduce((sum, file) => sum + file.length, 0)
  const origin = `Imported from a file of Keras (SHA-256 ${sha256Hex(bytes)}) with the card of ${card.id}`
  const imported = sealCard({
    ...body,
    id,
    model: { ...card.model, parameterCount, sizeBytes },
    limits: [...card.limits, `${origin}: threshold and figures are that model's and were not measured again.`],
    files: Object.fromEntries([...files].map(([name, file]) => [name, sha256Hex(file)])),
  })
  await writeModel(registryFolder, imported, files)
  return imported
}
