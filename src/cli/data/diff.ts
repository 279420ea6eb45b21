import { datasetDifference, differenceCounts, differenceLines } from "@sourceprint/core/dataset/difference.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasUnkeptChanges, readVersion, readVersions } from "@sourceprint/core/dataset/versions.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "./dataset-folder.js"
import { datasetPosition } from "./log.js"

const options = {
  ...datasetPosition,
  from: { type: "number", describe: "version; else the newest that differs from what it is compared with" },
  to: { type: "number", describe: "version; else the manifest as it is now" },
} satisfies Record<string, Options>

export const dataDiffCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "diff <dataset> [from] [to]",
  describe: "Images that are gone (-), new (+) or have other labels (~) between two versions of a dataset",
  builder: options,
  handler: async ({ dataset, from, to }) => {
    const folder = datasetFolder(dataset)
    const numbers = ((await readVersions(folder)) ?? []).map(({ number }) => number)
    const before = from ?? numbers.at((await hasUnkeptChanges(folder)) ? -1 : -2) ?? numbers.at(-1) ?? 1
    const after = to === undefined ? await readManifest(folder) : await readVersion(folder, to)
    const difference = datasetDifference(await readVersion(folder, before), after)
    for (const line of differenceLines(difference, Number.POSITIVE_INFINITY)) console.log(line)
    console.log(`version ${before} to ${to === undefined ? "now" : `version ${to}`}: ${differenceCounts(difference)}`)
  },
}
