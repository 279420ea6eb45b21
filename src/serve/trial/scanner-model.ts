import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { ClassicalModel } from "@sourceprint/model/classical-model.js"
import { InputContract } from "@sourceprint/model/input-contract.js"
import { loadPredictor as loadPromoted } from "@sourceprint/model/load-predictor.js"
import type { ScannerPredictor } from "@sourceprint/model/predictor.js"
import { readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { z } from "zod"

const Card = z.strictObject({
  targetScanner: z.string(),
  threshold: z.number(),
  input: InputContract,
  kind: z.string(),
  files: z.array(z.string()),
})
const CARD_FILE = "trial-scanner.json"

/** What training gives for one unit: the model and what it is fed. */
export interface FittedScanner {
  readonly targetScanner: string
  readonly input: InputContract
  /** On the training people's dev part. */
  readonly threshold: number
  readonly model: Pick<ClassicalModel, "kind" | "predict" | "files">
}

/** Keeps a trial's scanner model so that worker threads can load it. */
export async function writeScannerModel(folder: string, fitted: FittedScanner): Promise<void> {
  const { targetScanner, threshold, input, model } = fitted
  const files = model.files()
  const card: z.infer<typeof Card> = { targetScanner, threshold, input, kind: model.kind, files: [...files.keys()] }
  for (const [name, bytes] of files) await writeFileAtomic(join(folder, name), bytes)
  await writeFileAtomic(join(folder, CARD_FILE), JSON.stringify(card))
}

/** The trial's own predictor module, this file: see `InspectionSettings.predictorModule`. */
export const trialPredictorModule = import.meta.url

/** @param folder of a trial's model, or what else names a promoted one (a liveness model) */
export async function loadPredictor(folder: string): Promise<ScannerPredictor> {
  if (!existsSync(join(folder, CARD_FILE))) return loadPromoted(folder)
  const card = Card.parse(JSON.parse(await readFile(join(folder, CARD_FILE), "utf8")))
  const files = new Map<string, Uint8Array>()
  for (const name of card.files) files.set(name, new Uint8Array(await readFile(join(folder, name))))
  const model = readClassicalModel(card.kind, files)
  const verdictOf = (image: GrayImage) => {
    const probTargetScanner = defined(model.predict(encodeImage(image, card.input))[0])
    return { probTargetScanner, threshold: card.threshold, accepted: probTargetScanner >= card.threshold }
  }
  return {
    modelId: `trial-${card.targetScanner}`,
    targetScanner: card.targetScanner,
    predict: (images) => Promise.resolve(images.map(verdictOf)),
    dispose: () => {},
  }
}
