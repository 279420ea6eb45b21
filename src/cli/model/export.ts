import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { type ExportFormat, exportFormats, exportModel } from "@sourceprint/model/interchange/export-model.js"
import { modelFolder, readVerifiedModel } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { modelOption, registryOption } from "./options.js"

const options = {
  ...modelOption,
  format: { type: "string", choices: exportFormats, default: "keras", describe: "whose file it becomes" },
  out: { type: "string", requiresArg: true, describe: "the file; else the model's id with the format as its ending" },
  ...registryOption,
} satisfies Record<string, Options>

export const modelExportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "export <model>",
  describe: "A promoted network as a file of Keras or ONNX, and its card beside it",
  builder: options,
  handler: async ({ model, format, out, registry }) => {
    const verified = await readVerifiedModel(await modelFolder(registry, model))
    const file = out ?? `${verified.card.id}.${format}`
    await writeFileAtomic(file, await exportModel(verified, format as ExportFormat))
    await writeFileAtomic(`${file}.card.json`, `${JSON.stringify(verified.card, undefined, 2)}\n`)
    console.log(`${file}\n${file}.card.json`)
  },
}
