import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { ClassicalModel } from "@sourceprint/model/classical-model.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { readLinearModel } from "@sourceprint/model/linear-model.js"
import { BONA_FIDE, type ScannerPredictor } from "@sourceprint/model/predictor.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { votes } from "@sourceprint/model/view/vote.js"
import { contract } from "./encoded-set.js"

const THRESHOLD_FILE = "threshold.json"
const MODEL_FILES = ["linear.json", "linear.bin"]

/** Keeps a model of one fold, which is not one to promote, where the server's workers find it. */
export async function writeFoldModel(folder: string, model: ClassicalModel, threshold: number): Promise<void> {
  for (const [name, bytes] of model.files()) await writeFileAtomic(join(folder, name), bytes)
  await writeFileAtomic(join(folder, THRESHOLD_FILE), JSON.stringify(threshold))
}

/** See `InspectionSettings.predictorModule`. */
export const foldPredictorModule = import.meta.url

export async function loadPredictor(folder: string): Promise<ScannerPredictor> {
  const files = new Map<string, Uint8Array>()
  for (const name of MODEL_FILES) files.set(name, new Uint8Array(await readFile(join(folder, name))))
  const model = readLinearModel(files)
  const threshold = Number(JSON.parse(await readFile(join(folder, THRESHOLD_FILE), "utf8")))
  return {
    modelId: folder,
    targetScanner: BONA_FIDE,
    predict: (images) =>
      Promise.resolve(
        images.map((image) => {
          const rows = model.predict(encodeImage(image, contract))
          const [probTargetScanner = 0] = votes(rows, rowsPerImage(contract), contract.vote)
          return { probTargetScanner, threshold, accepted: probTargetScanner >= threshold }
        }),
      ),
    dispose: () => {},
  }
}
