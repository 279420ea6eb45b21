import { listRuns } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { runsOption } from "./options.js"

const options = { ...runsOption }

export const experimentListCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "list",
  describe: "All runs, oldest first",
  builder: options,
  handler: async ({ runs }) => {
    const { runs: found, damaged } = await listRuns(runs)
    const rows = found.map(({ name, createdAt, engine, finished, failed, cells: jobs, isFinished }) => [
      name,
      createdAt,
      engine,
      `${finished}/${jobs}`,
      isFinished ? "finished" : failed > 0 ? `${failed} failed` : "unfinished",
    ])
    for (const { name, reason } of damaged) console.error(`not listed: ${name}: ${reason}`)
    console.log(rows.length === 0 ? `no run in ${runs}` : textTable(["run", "began", "engine", "jobs", "state"], rows))
    requireWholeSet("run/damaged", damaged.length, found.length + damaged.length, `runs in ${runs} could not be read`)
  },
}
