import { fromUtf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type * as Tf from "@tensorflow/tfjs"
import "./layers/residual-conv.js"
import "./layers/standardise.js"

/** A tfjs layers model from model.json and weights.bin in memory. Our own layers are known to it; any engine will do.
 *  @throws AppError "model/broken" when a file is missing or tfjs cannot build the model */
export async function loadLayersModel(
  tf: typeof Tf,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Tf.LayersModel> {
  const [head, weights] = [files.get("model.json"), files.get("weights.bin")]
  if (head === undefined || weights === undefined)
    throw new AppError("model/broken", "a tfjs model needs model.json and weights.bin")
  try {
    const { modelTopology, weightsManifest } = JSON.parse(fromUtf8(head)) as {
      modelTopology: Tf.io.ModelJSON["modelTopology"]
      weightsManifest: Tf.io.WeightsManifestConfig
    }
    const artifacts: Tf.io.ModelArtifacts = {
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: weights.slice().buffer,
    }
    return await tf.loadLayersModel(tf.io.fromMemory(artifacts))
  } catch (cause) {
    throw new AppError("model/broken", `tfjs cannot build the model: ${(cause as Error).message}`, { cause })
  }
}
