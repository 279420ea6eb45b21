import { importDataset, noteLines, resolutionLine } from "@sourceprint/core/dataset/import/import-dataset.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { parseResolution, resolutionOption } from "../match/matcher-options.js"
import { terminalProgress } from "../terminal-progress.js"
import { requireWholeSet } from "../whole-set.js"
import { datasetFolder } from "./dataset-folder.js"

const options = {
  from: { type: "string", demandOption: true, requiresArg: true, describe: "folder with the images" },
  only: { type: "string", array: true, describe: "only these folders in it" },
  name: { type: "string", demandOption: true, requiresArg: true, describe: "dataset name: data/<name>" },
  layout: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "fvc, system-a, or a pattern such as {scanner}/{subject}_{finger}_{impression}.bmp",
  },
  ...resolutionOption,
  copy: { type: "boolean", default: false, describe: "copy the images instead of referring to them" },
} satisfies Record<string, Options>

export const dataImportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "import",
  describe: "Make a dataset of a folder of images; the images are not altered",
  builder: options,
  handler: async ({ from, only, name, layout, dpi, copy }) => {
    const into = datasetFolder(name)
    const result = await importDataset(
      { from, into, layout, copy, ...(only && { only }), dpi: parseResolution(dpi) },
      terminalProgress(),
    )
    const scanners = new Set(result.samples.map((s) => s.scanner)).size
    console.log(
      `${into}: ${result.samples.length} images of ${scanners} scanners${result.changed ? "" : " (nothing changed)"}`,
    )
    console.log(`resolution: ${resolutionLine(result)}`)
    for (const line of noteLines(result)) console.log(`note: ${line}`)
    if (result.ignored.length > 0)
      console.log(`${result.ignored.length} files do not fit the layout, first: ${result.ignored[0]}`)
    for (const { reason } of result.refused) console.log(`refused: ${reason}`)
    const tried = result.samples.length + result.refused.length
    requireWholeSet("import/incomplete", result.refused.length, tried, `files and folders below ${from} were refused`)
  },
}
