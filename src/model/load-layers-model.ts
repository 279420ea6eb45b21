import { fromUtf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type * as Tf from "@tensorflow/tfjs"
import { z } from "zod"
import "./layers/clip.js"
import "./layers/residual-conv.js"
import "./layers/standardise.js"

/** model.json: tfjs itself looks at the topology and at each weight. */
const Head = z.object({
  modelTopology: z.custom<object>((value) => typeof value === "object" && value !== null),
  weightsManifest: z.array(
    z.object({
      weights: z.array(z.custom<Tf.io.WeightsManifestEntry>((value) => typeof value === "object")),
    }),
  ),
})

/** A tfjs layers model from model.json and weights.bin in memory. Our own layers are known to it; any engine will do.
 *  @throws AppError "model/broken" when a file is missing or tfjs cannot build the model */
export async function loadLayersModel(tf: typeof Tf, files: ReadonlyMap<string, Uint8Array>): Promise<Tf.LayersModel> {
  const [head, weights] = [files.get("model.json"), files.get("weights.bin")]
  if (head === undefined || weights === undefined)
    throw new AppError("model/broken", "a tfjs model needs model.json and weights.bin")
  try {
    const { modelTopology, weightsManifest } = Head.parse(JSON.parse(fromUtf8(head)))
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
