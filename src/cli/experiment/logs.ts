import { readFile } from "node:fs/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { logPath, readBatches } from "@sourceprint/core/launch/slurm/slurm-batch.js"
import { launchFolder } from "@sourceprint/train/run-record.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  cell: { type: "string", describe: "cells whose id contains this; else one line a cell, its last" },
  ...runsOption,
} satisfies Record<string, Options>

export const experimentLogsCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "logs <run> [cell]",
  describe: "What the cells of a run on Slurm wrote",
  builder: options,
  handler: async ({ run, cell, runs }) => {
    const { folder } = await runOf(runs, run)
    const batches = await readBatches(launchFolder(folder), "all")
    if (batches.length === 0)
      throw new AppError("run/logs", `${run} was never launched on Slurm; it has no logs`)
    let found = 0
    for (const batch of batches) {
      for (const [index, { id, attempt }] of batch.cells.entries()) {
        if (cell !== undefined && !id.includes(cell)) continue
        const text = await readFile(logPath(batch.folder, index), "utf8").catch(() => "")
        found++
        if (cell === undefined) console.log(`${id}  attempt ${attempt}  ${text.trimEnd().split("\n").at(-1)}`)
        else console.log(`--- ${id}, attempt ${attempt}\n${text.trimEnd()}`)
      }
    }
    if (found === 0) throw new AppError("run/logs", `no cell of ${run} on Slurm has "${cell}" in its id`)
  },
}
