import type { Options } from "yargs"
import { REGISTRY_FOLDER } from "../../shared/model/model-registry.js"

export const registryOption = {
  registry: {
    type: "string",
    default: REGISTRY_FOLDER,
    requiresArg: true,
    describe: "where promoted models lie",
  },
} satisfies Record<string, Options>

export const modelOption = {
  model: { type: "string", demandOption: true, describe: "an id of the registry, or a folder with a card" },
} satisfies Record<string, Options>
