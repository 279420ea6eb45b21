import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { datasetStatistics } from "@sourceprint/train/dataset-statistics.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { terminalProgress } from "../terminal-progress.js"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { datasetFolder } from "./dataset-folder.js"

const options = {
  dataset: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "dataset name: data/<dataset>",
  },
  by: {
    choices: ["scanner", "subject", "session", "collection"] as const,
    default: "scanner" as const,
    describe: "one row for each",
  },
} satisfies Record<string, Options>

export const dataStatsCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "stats",
  describe: "Tables of a dataset: counts, grey levels, contrast, coverage, sharpness",
  builder: options,
  handler: async ({ dataset, by }) => {
    const folder = datasetFolder(dataset)
    const samples = await readSamples(folder)
    const { columns, rows, unreadable } = await datasetStatistics(folder, samples, by, terminalProgress())
    console.log(textTable(columns, rows))
    for (const reason of unreadable) console.error(`left out: ${reason}`)
    requireWholeSet("data/incomplete", unreadable.length, samples.length, `images of ${folder} were left out`)
  },
}
