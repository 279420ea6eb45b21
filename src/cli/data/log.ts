import { hasUnkeptChanges, readVersions } from "@sourceprint/core/dataset/versions.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { datasetFolder } from "./dataset-folder.js"

export const datasetPosition = {
  dataset: { type: "string", demandOption: true, describe: "dataset name: data/<dataset>" },
} satisfies Record<string, Options>

export const dataLogCommand: CommandModule<object, InferredOptionTypes<typeof datasetPosition>> = {
  command: "log <dataset>",
  describe: "The versions of a dataset: what its manifest was, since when, and by what",
  builder: datasetPosition,
  handler: async ({ dataset }) => {
    const folder = datasetFolder(dataset)
    const versions = (await readVersions(folder)) ?? []
    const rows = versions.map(({ number, keptAt, by, images, sha256, note }) => {
      return [number, keptAt.replace("T", " ").replace(/\..*/, " UTC"), by, images, sha256.slice(0, 12), note]
    })
    console.log(textTable(["version", "kept at", "by", "images", "hash", "note"], rows))
    if (await hasUnkeptChanges(folder))
      console.log(`\nthe manifest has changed since: "sourceprint data diff ${dataset}" shows what`)
  },
}
