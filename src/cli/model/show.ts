import { modelFolder, readCard } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { modelOption, registryOption } from "./options.js"

const options = { ...modelOption, ...registryOption }

export const modelShowCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "show <model>",
  describe: "The card: input contract, threshold and its origin, figures, data, licence, limits, file hashes",
  builder: options,
  handler: async ({ model, registry }) => {
    console.log(JSON.stringify(await readCard(await modelFolder(registry, model)), undefined, 2))
  },
}
