import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { readTemplateSet, TEMPLATE_EXTENSION } from "@sourceprint/match/template-file.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { requireWholeSet } from "../whole-set.js"
import { recordsOf, renamed } from "./record-files.js"

const options = {
  records: { type: "string", array: true, demandOption: true, describe: "records (.fmr) of other programs" },
  out: {
    type: "string",
    requiresArg: true,
    describe: `folder for templates of this program (${TEMPLATE_EXTENSION}); else the records are only checked`,
  },
  matcher: { type: "string", default: "minutiae", describe: "whose templates, see match list" },
} satisfies Record<string, Options>

export const matchImportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "import <records..>",
  describe: "Check ISO/IEC 19794-2 records (.fmr) and keep them as templates; verify and identify take both",
  builder: (yargs) => yargs.positional("records", options.records).options(options),
  handler: async ({ records: files, out, matcher: id }) => {
    const matcher = await loadMatcher("fingerprint", id)
    const { extension, describe } = recordsOf(matcher)
    let read = 0
    const set = files.map((path) => ({ path }))
    for await (const item of readTemplateSet(matcher, "", set)) {
      if ("problem" in item) {
        console.error(`not imported: ${item.problem}`)
        continue
      }
      read++
      const target = out === undefined ? undefined : join(out, renamed(item.file, TEMPLATE_EXTENSION, true))
      if (target !== undefined) await writeFileAtomic(target, matcher.codec.encode(item.template))
      const quality = Math.round(matcher.quality(item.template))
      console.log(
        `${item.file}${target === undefined ? "" : ` -> ${target}`}: ${describe(item.template)}, quality ${quality}`,
      )
    }
    if (read === 0) throw new AppError("match/nothing-imported", `no file is a record (${extension}) that can be read`)
    requireWholeSet("match/incomplete", files.length - read, files.length, "records could not be read")
  },
}
