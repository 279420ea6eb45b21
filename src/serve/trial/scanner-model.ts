import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { InputContract } from "@sourceprint/model/input-contract.js"
import { loadPredictor as loadPromoted } from "@sourceprint/model/load-predictor.js"
import { type noiseReferenceModel, readNoiseReference } from "@sourceprint/model/noise-reference.js"
import type { ScannerPredictor } from "@sourceprint/model/predictor.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { z } from "zod"

const Card = z.strictObject({ targetScanner: z.string(), threshold: z.number(), input: InputContract })
const CARD_FILE = "trial-scanner.json"
const MODEL_FILES = ["noise-reference.json", "noise-reference.bin"]

/** What training gives for one unit: `noiseReferenceModel(...).files()` and what it is fed. */
export interface FittedScanner {
  readonly targetScanner: string
  readonly input: InputContract
  /** On the training people's dev part. */
  readonly threshold: number
  readonly model: ReturnType<typeof noiseReferenceModel>
}

/** Keeps a trial's scanner model so that worker threads can load it. */
export async function writeScannerModel(folder: string, fitted: FittedScanner): Promise<void> {
  const { targetScanner, threshold, input, model } = fitted
  await writeFileAtomic(join(folder, CARD_FILE), JSON.stringify({ targetScanner, threshold, input }))
  for (const [name, bytes] of model.files()) await writeFileAtomic(join(folder, name), bytes)
}

/** The trial's own predictor module, this file: see `InspectionSettings.predictorModule`. */
export const trialPredictorModule = import.meta.url

/** @param folder of a trial's model, or what else names a promoted one (a liveness model) */
export async function loadPredictor(folder: string): Promise<ScannerPredictor> {
  if (!existsSync(join(folder, CARD_FILE))) return loadPromoted(folder)
  const card = Card.parse(JSON.parse(await readFile(join(folder, CARD_FILE), "utf8")))
  const files = new Map<string, Uint8Array>()
  for (const name of MODEL_FILES) files.set(name, new Uint8Array(await readFile(join(folder, name))))
  const model = readNoiseReference(files)
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
