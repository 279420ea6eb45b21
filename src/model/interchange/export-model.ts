import { AppError } from "@sourceprint/core/errors.js"
import { type EngineChoice, selectEngine } from "@sourceprint/engine/select-engine.js"
import { loadLayersModel } from "../load-layers-model.js"
import type { VerifiedModel } from "../model-registry.js"
import type { Network } from "./network.js"
import { networkOf } from "./network-of.js"
import { writeKeras, writeKerasH5 } from "./write-keras.js"
import { writeOnnx } from "./write-onnx.js"

const writers = {
  keras: writeKeras,
  h5: writeKerasH5,
  onnx: writeOnnx,
} satisfies Record<string, (network: Network) => Promise<Uint8Array>>
export type ExportFormat = keyof typeof writers
export const exportFormats = Object.keys(writers) as ExportFormat[]

/** A promoted network as a file of another program: (N, ...inputShape) -> (N, 1), float32, channels last. Windows,
 *  patches, scaling, vote and threshold are not in it; the card says them.
 *  @throws AppError "interchange/kind" for a classical model, "interchange/layer",
 *  "interchange/shape", "model/broken" */
export async function exportModel(
  { card, files }: VerifiedModel,
  format: ExportFormat,
  engine: EngineChoice = "auto",
): Promise<Uint8Array> {
  if (card.model.kind !== "layers") {
    throw new AppError(
      "interchange/kind",
      `${card.id} is of kind ${card.model.kind}, not a network; only networks (small-cnn, texture-mlp, …) are exported`,
    )
  }
  const { tf } = await selectEngine(engine)
  const model = await loadLayersModel(tf, files)
  try {
    return await writers[format](networkOf(tf, model))
  } finally {
    model.dispose()
  }
}
