import { newModel } from "@sourceprint/train/plugins/new-model.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  name: { type: "string", demandOption: true, describe: "the model's id: lower-case letters, digits and dashes" },
  folder: { type: "string", default: "plugins", requiresArg: true, describe: "where the file lies" },
} satisfies Record<string, Options>

export const newModelCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "model <name>",
  describe: "Write a plug-in with a model, an augmentation and a metric to start from",
  builder: (yargs) => yargs.positional("name", options.name).options(options),
  handler: async ({ name, folder }) => {
    const path = await newModel(folder, name)
    console.log(path)
    console.log(`to check it: sourceprint plugin test ${path}`)
    console.log(`in an experiment: plugins: [${path}], and ${name} among its models`)
  },
}
