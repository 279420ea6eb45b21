import { access } from "node:fs/promises"
import { join } from "node:path"
import { readVersion, restoreVersion } from "@sourceprint/core/dataset/versions.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "./dataset-folder.js"
import { datasetPosition } from "./log.js"

const options = {
  ...datasetPosition,
  number: { type: "number", demandOption: true, describe: "version, see data log" },
} satisfies Record<string, Options>

export const dataRestoreCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "restore <dataset> <number>",
  describe: "Make an older version the manifest again; the manifest of now is kept as a version too",
  builder: options,
  handler: async ({ dataset, number }) => {
    const folder = datasetFolder(dataset)
    const version = await restoreVersion(folder, number, Date.now())
    console.log(`${folder}: ${version.images} images, version ${version.number} (${version.note})`)
    for (const { path } of await readVersion(folder, version.number))
      await access(join(folder, path)).catch(() => console.error(`missing: ${path}`))
  },
}
