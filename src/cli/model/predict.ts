import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { type EngineChoice, engineChoices } from "@sourceprint/engine/select-engine.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { modelOption, registryOption } from "./options.js"

const options = {
  ...modelOption,
  images: { type: "string", array: true, demandOption: true, describe: "image files" },
  engine: { type: "string", choices: engineChoices, default: "auto", describe: "what computes" },
  json: { type: "boolean", default: false, describe: "one JSON object a line instead of a table" },
  ...registryOption,
} satisfies Record<string, Options>

export const modelPredictCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "predict <model> <images..>",
  describe: "Did the model's scanner take these images? Probability, decision and time a file",
  builder: options,
  handler: async ({ model, images, engine, json, registry }) => {
    const predictor = await loadPredictor(model, { engine: engine as EngineChoice, registryFolder: registry })
    const rows: string[][] = []
    const refused: string[] = []
    for (const file of images) {
      try {
        const image = await readGrayImage(file)
        const startMs = performance.now()
        const [verdict] = await predictor.predict([image])
        const timeMs = performance.now() - startMs
        const { probTargetScanner, threshold, accepted } = defined(verdict)
        if (json) {
          const { modelId, targetScanner } = predictor
          console.log(JSON.stringify({ file, modelId, targetScanner, probTargetScanner, threshold, accepted, timeMs }))
        }
        rows.push([file, probTargetScanner.toFixed(4), accepted ? "accepted" : "rejected", timeMs.toFixed(1)])
      } catch (error) {
        refused.push(messageOf(error))
      }
    }
    const { modelId, targetScanner } = predictor
    predictor.dispose()
    if (!json && rows.length > 0) {
      console.log(`${modelId}: did ${targetScanner} take it?`)
      console.log(textTable(["file", "probability", "decision", "time, ms"], rows))
    }
    for (const reason of refused) console.error(`refused: ${reason}`)
    if (refused.length > 0)
      throw new AppError("predict/refused", `${refused.length} of ${images.length} files were refused`)
  },
}
