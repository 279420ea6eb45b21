import { listRuns } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { runsOption } from "./options.js"

const options = {
  ...runsOption,
  tag: { type: "string", array: true, nargs: 1, describe: "only runs with this tag (all of them, where several)" },
} satisfies Record<string, Options>

export const experimentListCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "list",
  describe: "All runs, oldest first",
  builder: options,
  handler: async ({ runs, tag = [] }) => {
    const { runs: found, damaged } = await listRuns(runs)
    const wanted = found.filter(({ tags }) => tag.every((name) => tags.includes(name)))
    const rows = wanted.map(({ name, createdAt, engine, finished, failed, cells: jobs, isFinished, title, tags }) => [
      name,
      createdAt,
      engine,
      `${finished}/${jobs}`,
      isFinished ? "finished" : failed > 0 ? `${failed} failed` : "unfinished",
      title ?? "",
      tags.join(" "),
    ])
    for (const { name, reason } of damaged) console.error(`not listed: ${name}: ${reason}`)
    const heads = ["run", "began", "engine", "jobs", "state", "title", "tags"]
    const none = `no run in ${runs}${tag.length === 0 ? "" : ` has the tag ${tag.join(" and ")}`}`
    console.log(rows.length === 0 ? none : textTable(heads, rows))
    requireWholeSet("run/damaged", damaged.length, found.length + damaged.length, `runs in ${runs} could not be read`)
  },
}
