import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { importModel } from "@sourceprint/model/interchange/import-model.js"
import { parseCard } from "@sourceprint/model/model-card.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { registryOption } from "./options.js"

const options = {
  file: { type: "string", demandOption: true, describe: "a .keras or .h5 file" },
  card: { type: "string", requiresArg: true, describe: "the card exported with it; else <file>.card.json" },
  id: { type: "string", demandOption: true, requiresArg: true, describe: "its name in the registry" },
  ...registryOption,
} satisfies Record<string, Options>

const reading = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause) => {
    throw new AppError("interchange/missing", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  })

export const modelImportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "import <file>",
  describe: "Put a network that Keras saved into the registry, with the card of the model it was exported from",
  builder: (yargs) => yargs.positional("file", options.file).options(options),
  handler: async ({ file, card: given, id, registry }) => {
    const path = given ?? `${file}.card.json`
    const card = parseCard((await reading(path)).toString("utf8"), path)
    await importModel({ bytes: await reading(file), card, id, registryFolder: registry })
    console.log(join(registry, id))
  },
}
