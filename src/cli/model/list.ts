import { listModels } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { registryOption } from "./options.js"

const options = { ...registryOption }
const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`

export const modelListCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "list",
  describe: "All promoted models with their figures on eval",
  builder: options,
  handler: async ({ registry }) => {
    const models = await listModels(registry)
    if (models.length === 0) return console.log(`no promoted model in ${registry}`)
    const rows = models.map(({ id, card, problem }) =>
      card === undefined
        ? [id, "-", "-", "-", "-", "-", problem ?? ""]
        : [
            id,
            card.model.id,
            card.task.target,
            percent(card.metrics.eval.balancedAccuracy),
            percent(card.metrics.eval.eer),
            `${Math.ceil(card.model.sizeBytes / 1024)} KiB`,
            "card is whole",
          ],
    )
    console.log(textTable(["id", "model", "target", "balanced accuracy", "EER", "size", "state"], rows))
    const broken = models.filter(({ card }) => card === undefined).length
    requireWholeSet("model/broken", broken, models.length, `models in ${registry} are broken`)
  },
}
