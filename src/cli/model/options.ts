import { REGISTRY_FOLDER } from "@sourceprint/model/model-registry.js"
import type { Options } from "yargs"

export const registryOption = {
  registry: {
    type: "string",
    default: REGISTRY_FOLDER,
    requiresArg: true,
    describe: "where promoted models lie",
  },
} satisfies Record<string, Options>

export const modelOption = {
  model: { type: "string", demandOption: true, describe: "an id or alias of the registry, or a folder with a card" },
} satisfies Record<string, Options>
