import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { identificationThreshold, parseCalibration } from "@sourceprint/match/calibration.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { terminalProgress } from "../terminal-progress.js"
import { textTable } from "../text-table.js"

const options = {
  probe: { type: "string", demandOption: true, requiresArg: true, describe: "the image to look for" },
  gallery: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "folder of images, one reference each",
  },
  matcher: { type: "string", default: "minutiae", describe: "see match list" },
  modality: {
    choices: ["fingerprint", "face"] as const,
    default: "fingerprint" as const,
    describe: "what is matched",
  },
  count: { type: "number", default: 10, describe: "candidates shown" },
  calibration: {
    type: "string",
    requiresArg: true,
    describe: "file of match calibrate: marks candidates above its threshold",
  },
} satisfies Record<string, Options>

export const matchIdentifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "identify",
  describe: "Search a folder of images for the finger or face of one image (1:N)",
  builder: options,
  handler: async ({ probe, gallery: folder, matcher: id, modality, count, calibration: calibrationFile }) => {
    const matcher = await loadMatcher(modality, id)
    const files = (await readdir(folder, { recursive: true }))
      .filter((f) => /\.(bmp|png|tiff?|pgm|jpe?g)$/i.test(f))
      .sort()
    const names: string[] = []
    const references: unknown[] = []
    const progress = terminalProgress()
    progress.start(files.length, "references")
    for (const [i, file] of files.entries()) {
      try {
        references.push(await matcher.enrol([await readGrayImage(join(folder, file))]))
        names.push(file)
      } catch (error) {
        if (!(error instanceof FailureToEnrol)) throw error
        console.error(`not enrolled: ${file}: ${messageOf(error)}`)
      }
      progress.update(i + 1)
    }
    progress.stop()
    if (references.length === 0)
      throw new AppError("match/empty-gallery", `no image in ${folder} could be enrolled`)
    const found = identify(
      matcher,
      gallery(matcher, references),
      await matcher.probe(await readGrayImage(probe)),
      { count },
    )
    const threshold =
      calibrationFile === undefined
        ? undefined
        : identificationThreshold(
            parseCalibration(await readFile(calibrationFile, "utf8"), calibrationFile),
            references.length,
          )
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
  },
}
