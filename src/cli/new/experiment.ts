import { stderr, stdin } from "node:process"
import { createInterface } from "node:readline/promises"
import { newExperiment } from "@sourceprint/train/new-experiment.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  name: { type: "string", requiresArg: true, describe: "lower-case letters, digits and dashes" },
  dataset: { type: "string", requiresArg: true, describe: "folder with manifest.csv" },
  models: {
    type: "string",
    array: true,
    requiresArg: true,
    describe: `of ${zooEntries.map(({ id }) => id).join(", ")}`,
  },
  question: { type: "string", requiresArg: true, describe: "what the report answers" },
  folder: { type: "string", default: "experiments", requiresArg: true, describe: "where the file lies" },
} satisfies Record<string, Options>

export const newExperimentCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "experiment",
  describe: "Ask for what an experiment needs, check it against the data, and write its file",
  builder: options,
  handler: async ({ name, dataset, models, question, folder }) => {
    const asked = stdin.isTTY ? createInterface({ input: stdin, output: stderr }) : undefined
    const answer = async (given: string | undefined, text: string, usual: string): Promise<string> =>
      given ?? ((await asked?.question(`${text} (${usual}): `))?.trim() || usual)
    try {
      const path = await newExperiment(folder, {
        name: await answer(name, "name", "my-experiment"),
        dataset: await answer(dataset, "folder of the dataset", "data/demo"),
        models: (await answer(models?.join(","), "models, separated by commas", "noise-reference, texture-mlp"))
          .split(",")
          .map((id) => id.trim()),
        question: await answer(question, "question", "Which scanner took the image?"),
      })
      console.log(path)
      console.log(`how long it takes: sourceprint experiment plan ${path}`)
      console.log(`to run it: sourceprint experiment run ${path}`)
    } finally {
      asked?.close()
    }
  },
}
