import { basename, join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { readTemplateSet, templateFiles } from "@sourceprint/match/template-file.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { requireWholeSet } from "../whole-set.js"
import { imageReading, resolutionOption } from "./matcher-options.js"
import { recordsOf, renamed } from "./record-files.js"

const options = {
  from: { type: "string", demandOption: true, describe: "an image, or a folder of images" },
  out: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "record of one image, or the folder for those of a folder",
  },
  matcher: { type: "string", default: "minutiae", describe: "whose templates, see match list" },
  ...resolutionOption,
  "finger-position": {
    type: "number",
    default: 0,
    describe: "as the standard counts: 1 right thumb ... 5 right little, 6 left thumb ... 10 left little; 0 unknown",
  },
} satisfies Record<string, Options>

export const matchExportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "export <from>",
  describe: "Write fingers as ISO/IEC 19794-2 records (.fmr) for other programs",
  builder: (yargs) => yargs.positional("from", options.from).options(options),
  handler: async ({ from, out, matcher: id, fingerPosition, dpi }) => {
    if (!Number.isInteger(fingerPosition) || fingerPosition < 0 || fingerPosition > 10)
      throw new AppError("match/finger-position", `${fingerPosition} is no finger position: 0 to 10 are`)
    const matcher = await loadMatcher("fingerprint", id)
    const records = recordsOf(matcher)
    const files = await templateFiles(from)
    const single = files[0]?.path === ""
    let written = 0
    for await (const item of readTemplateSet(matcher, from, files, imageReading(dpi))) {
      if ("problem" in item) {
        console.error(`not exported: ${item.file}: ${item.problem}`)
        continue
      }
      const target = single ? out : join(out, renamed(item.file, records.extension))
      await writeFileAtomic(target, records.encode(item.template, { fingerPosition }))
      console.log(`${single ? basename(from) : item.file} -> ${target}: ${records.describe(item.template)}`)
      written++
    }
    if (written === 0) throw new AppError("match/nothing-exported", `${from} holds no image that could be exported`)
    console.log(`${written} of ${files.length} as ${records.name}; lost: ${records.loses}`)
    requireWholeSet("match/incomplete", files.length - written, files.length, `files in ${from} could not be exported`)
  },
}
