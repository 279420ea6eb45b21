import { hubCard } from "@sourceprint/model/hub-card.js"
import { modelFolder, readCard } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { modelOption, registryOption } from "./options.js"

const options = {
  ...modelOption,
  ...registryOption,
  format: {
    choices: ["json", "hub"] as const,
    default: "json" as const,
    describe: "hub: as README.md of the Hugging Face hub, with metadata in YAML",
  },
}

export const modelShowCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "show <model>",
  describe: "The card: input contract, threshold and its origin, figures, data, licence, limits, file hashes",
  builder: options,
  handler: async ({ model, registry, format }) => {
    const card = await readCard(await modelFolder(registry, model))
    console.log(format === "hub" ? hubCard(card) : JSON.stringify(card, undefined, 2))
  },
}
