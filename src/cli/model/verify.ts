import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { listModels, modelFolder, readVerifiedModel } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { registryOption } from "./options.js"

const options = {
  models: { type: "string", array: true, default: [] as string[], describe: "ids or folders; none: all" },
  ...registryOption,
} satisfies Record<string, Options>

export const modelVerifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "verify [models..]",
  describe: "Check every file of promoted models against the hashes on their cards",
  builder: options,
  handler: async ({ models, registry }) => {
    const chosen = models.length > 0 ? models : (await listModels(registry)).map(({ id }) => id)
    if (chosen.length === 0) return console.log(`no promoted model in ${registry}`)
    let refused = 0
    for (const model of chosen) {
      try {
        const { card, files } = await readVerifiedModel(await modelFolder(registry, model))
        console.log(`${card.id}: ${files.size} files and the card are what was promoted`)
      } catch (error) {
        refused++
        console.log(`${model}: REFUSED, ${messageOf(error)}`)
      }
    }
    if (refused > 0) throw new AppError("model/refused", `${refused} of ${chosen.length} models are refused`)
  },
}
