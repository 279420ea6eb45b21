import { listRuns } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { textTable } from "../text-table.js"
import { runsOption } from "./options.js"

const options = { ...runsOption }

export const experimentListCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "list",
  describe: "All runs, oldest first",
  builder: options,
  handler: async ({ runs }) => {
    const rows = (await listRuns(runs)).map(
      ({ name, createdAt, engine, finished, failed, cells: jobs, isFinished }) => [
        name,
        createdAt,
        engine,
        `${finished}/${jobs}`,
        isFinished ? "finished" : failed > 0 ? `${failed} failed` : "unfinished",
      ],
    )
    console.log(rows.length === 0 ? `no run in ${runs}` : textTable(["run", "began", "engine", "jobs", "state"], rows))
  },
}
