import { defined } from "@sourceprint/core/defined.js"
import { type EngineChoice, selectEngine } from "@sourceprint/engine/select-engine.js"
import type * as Tf from "@tensorflow/tfjs"
import { rowsPerImage } from "./input-contract.js"
import { loadLayersModel } from "./load-layers-model.js"
import { modelFolder, REGISTRY_FOLDER, readVerifiedModel, type VerifiedModel } from "./model-registry.js"
import type { ScannerPredictor } from "./predictor.js"
import { readClassicalModel } from "./read-classical-model.js"
import { encodeImage } from "./view/encode-image.js"
import { inputShape } from "./view/encode-patch.js"
import { votes } from "./view/vote.js"

/** Rows -> probabilities, whichever kind of model it is. */
interface Scorer {
  score(rows: Float32Array): Promise<Float32Array>
  dispose(): void
}

async function layersScorer({ card, files }: VerifiedModel, choice: EngineChoice): Promise<Scorer> {
  const { tf } = await selectEngine(choice)
  const model = await loadLayersModel(tf, files)
  const shape = inputShape(card.input)
  const perRow = shape.reduce((a, b) => a * b, 1)
  return {
    async score(rows) {
      const out = tf.tidy(() => {
        const input = tf.tensor(rows, [rows.length / perRow, ...shape])
        return model.predict(input) as Tf.Tensor
      })
      try {
        return Float32Array.from(await out.data<"float32">())
      } finally {
        out.dispose()
      }
    },
    dispose: () => void model.dispose(),
  }
}

function classicalScorer({ card, files }: VerifiedModel): Scorer {
  const model = readClassicalModel(card.model.kind, files)
  return { score: (rows) => Promise.resolve(model.predict(rows)), dispose: () => {} }
}

/** Opens a promoted model: an id in `registryFolder`, or a folder with a card. Every file is checked first. An image is
 *  seen exactly as in training: the same window, patches, encoding and vote.
 *  @throws AppError "model/unknown", "model/missing", "model/card", "model/tampered", "model/broken", "engine/…" */
export async function loadPredictor(
  model: string,
  options: { readonly engine?: EngineChoice; readonly registryFolder?: string } = {},
): Promise<ScannerPredictor> {
  const { engine = "auto", registryFolder = REGISTRY_FOLDER } = options
  const verified = await readVerifiedModel(await modelFolder(registryFolder, model))
  const { card } = verified
  const scorer = card.model.kind === "layers" ? await layersScorer(verified, engine) : classicalScorer(verified)
  const threshold = card.threshold.value
  return {
    modelId: card.id,
    targetScanner: card.task.target,
    async predict(images) {
      const verdicts = []
      for (const image of images) {
        const patches = await scorer.score(encodeImage(image, card.input))
        const [probability] = votes(patches, rowsPerImage(card.input), card.input.vote)
        const probTargetScanner = defined(probability)
        verdicts.push({ probTargetScanner, threshold, accepted: probTargetScanner >= threshold })
      }
      return verdicts
    },
    dispose: () => scorer.dispose(),
  }
}
