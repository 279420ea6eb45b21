import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "../experiment/options.js"
import { registryOption } from "./options.js"

const options = {
  run: { type: "string", demandOption: true, describe: "a run's name, or its folder" },
  target: { type: "string", requiresArg: true, describe: "the scanner to accept; else a model for each" },
  configuration: {
    type: "string",
    alias: "arm",
    requiresArg: true,
    describe: "label of the model in the run; else its winner",
  },
  id: { type: "string", requiresArg: true, describe: "name in the registry; else experiment-model-target" },
  licence: {
    type: "string",
    requiresArg: true,
    default: "Apache-2.0 (weights; the images have their own terms)",
    describe: "on the card",
  },
  limit: {
    type: "string",
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: "a known limit, on the card beside the standing ones; may be repeated",
  },
  ...runsOption,
  ...registryOption,
} satisfies Record<string, Options>

export const modelPromoteCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "promote <run>",
  describe: "Copy the winner of a finished run into the registry with its card",
  builder: options,
  handler: async ({ run, target, configuration, id, licence, limit, runs, registry }) => {
    const known = await readdir(runs).catch((): string[] => [])
    const cards = await promoteModels({
      runFolder: known.includes(run) ? join(runs, run) : run,
      registryFolder: registry,
      target,
      configuration,
      id,
      licence,
      limits: limit,
      clock: systemClock,
    })
    for (const card of cards) console.log(join(registry, card.id))
  },
}
