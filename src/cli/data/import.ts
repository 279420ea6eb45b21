import { differenceCounts } from "@sourceprint/core/dataset/difference.js"
import { importDataset, noteLines, resolutionLine } from "@sourceprint/core/dataset/import/import-dataset.js"
import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import { Presentation } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { parseResolution, resolutionOption } from "../match/matcher-options.js"
import { terminalProgress } from "../terminal-progress.js"
import { requireWholeSet } from "../whole-set.js"
import { datasetFolder } from "./dataset-folder.js"

const options = {
  from: {
    type: "string",
    array: true,
    demandOption: true,
    requiresArg: true,
    describe: "folder with the images; several make one dataset",
  },
  only: { type: "string", array: true, describe: "only these folders in it" },
  name: { type: "string", demandOption: true, requiresArg: true, describe: "dataset name: data/<name>" },
  layout: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "fvc, system-a, or a pattern such as {scanner}/{subject}_{finger}_{impression}.bmp",
  },
  ...resolutionOption,
  presentation: {
    choices: Presentation.options,
    describe: "what all these images show: fingers of people, or attacks by artefacts",
  },
  species: { type: "string", requiresArg: true, describe: "with --presentation attack: the artefacts' material" },
  replace: {
    type: "boolean",
    default: false,
    describe: "rows of an earlier import may vanish or change; the old manifest stays as a version",
  },
  keep: {
    type: "boolean",
    default: false,
    describe: "rows of an earlier import stay as they are; only new images are added",
  },
  copy: { type: "boolean", default: false, describe: "copy the images instead of referring to them" },
} satisfies Record<string, Options>

export const dataImportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "import",
  describe: "Make a dataset of a folder of images; the images are not altered",
  builder: options,
  handler: async ({ from, only, name, layout, dpi, copy, replace, keep, presentation, species }) => {
    const into = datasetFolder(name)
    if (replace && keep) throw new AppError("cli/usage", "--replace and --keep exclude each other: give one")
    if (species !== undefined && presentation !== "attack")
      throw new AppError("cli/usage", "--species is the material of attacks: give --presentation attack too")
    const onLoss = replace ? "replace" : keep ? "keep" : undefined
    const result = await importDataset(
      { from, into, layout, copy, onLoss, ...(only && { only }), dpi: parseResolution(dpi), presentation, species },
      terminalProgress(),
    )
    const scanners = new Set(result.samples.map((s) => s.scanner)).size
    const changes = result.changed ? differenceCounts(result.difference) : "nothing changed"
    console.log(
      `${into}: ${result.samples.length} images of ${scanners} scanners, version ${result.version} (${changes})`,
    )
    for (const line of likelyMistakes(result.samples)) console.log(`likely mistake: ${line}`)
    console.log(`resolution: ${resolutionLine(result)}`)
    for (const line of noteLines(result)) console.log(`note: ${line}`)
    if (result.ignored.length > 0)
      console.log(`${result.ignored.length} files do not fit the layout, first: ${result.ignored[0]}`)
    for (const { reason } of result.refused) console.log(`refused: ${reason}`)
    const tried = result.samples.length + result.refused.length
    requireWholeSet(
      "import/incomplete",
      result.refused.length,
      tried,
      `files and folders below ${from.join(", ")} were refused`,
    )
  },
}
