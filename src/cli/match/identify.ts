import { readFile } from "node:fs/promises"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { builtInCalibration } from "@sourceprint/match/built-in-calibration.js"
import { identificationThreshold, parseCalibration } from "@sourceprint/match/calibration.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import { loadMatcher, withDetector } from "@sourceprint/match/registry.js"
import { isPublishedRecord, readTemplate, readTemplateSet, templateFiles } from "@sourceprint/match/template-file.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { terminalProgress } from "../terminal-progress.js"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { fmrOption, imageReading, modalityOptions, resolutionOption } from "./matcher-options.js"

const options = {
  probe: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "the image or record to look for",
  },
  gallery: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "folder of images and records, one reference each",
  },
  matcher: { type: "string", default: "minutiae", describe: "see match list" },
  ...modalityOptions,
  ...resolutionOption,
  count: { type: "number", default: 10, describe: "candidates shown" },
  calibration: {
    type: "string",
    requiresArg: true,
    describe: "file of match calibrate; else the thresholds that the matcher brings along mark candidates",
  },
  ...fmrOption,
} satisfies Record<string, Options>

export const matchIdentifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "identify",
  describe: "Search a folder of images for the finger or face of one image (1:N)",
  builder: options,
  handler: async ({
    probe,
    gallery: folder,
    matcher: id,
    modality,
    detector,
    count,
    calibration: calibrationFile,
    fmr,
    dpi,
  }) => {
    const matcher = await loadMatcher(modality, withDetector(id, detector))
    const reading = imageReading(dpi)
    const files = await templateFiles(folder)
    const names: string[] = []
    const references: unknown[] = []
    const progress = terminalProgress()
    progress.start(files.length, "references")
    let refused = 0
    for await (const item of readTemplateSet(matcher, folder, files, reading)) {
      if ("problem" in item) {
        console.error(`not enrolled: ${item.file}: ${item.problem}`)
        refused++
      } else {
        references.push(item.template)
        names.push(item.file)
      }
      progress.update(references.length + refused)
    }
    progress.stop()
    if (references.length === 0) throw new AppError("match/empty-gallery", `no image in ${folder} could be enrolled`)
    const found = identify(matcher, gallery(matcher, references), await readTemplate(matcher, probe, reading), {
      count,
    })
    const calibration =
      calibrationFile === undefined
        ? matcher.operatingPoints && ![probe, ...files.map(({ path }) => path || folder)].some(isPublishedRecord)
          ? builtInCalibration(matcher, fmr)
          : undefined
        : parseCalibration(await readFile(calibrationFile, "utf8"), calibrationFile)
    const threshold = calibration && identificationThreshold(calibration, references.length)
    console.log(
      textTable(
        ["rank", "reference", "score", ...(threshold === undefined ? [] : ["decision"])],
        found.map(({ reference, score }, i) => [
          i + 1,
          defined(names[reference], "name"),
          score.toPrecision(4),
          ...(threshold === undefined ? [] : [score >= threshold ? "match" : "no match"]),
        ]),
      ),
    )
    if (threshold !== undefined)
      console.log(`threshold ${threshold.toPrecision(4)} for ${references.length} references`)
    requireWholeSet("match/incomplete", refused, files.length, `references in ${folder} could not be enrolled`)
  },
}
