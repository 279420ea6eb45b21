import { jobStates, readFailure } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
  jobs: { type: "boolean", alias: "cells", default: false, describe: "list every job with its state" },
} satisfies Record<string, Options>

export const experimentStatusCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "status <run>",
  describe: "How far a run is, and which jobs failed and why",
  builder: options,
  handler: async ({ run, runs, jobs }) => {
    const { folder, plan } = await runOf(runs, run)
    const states = await jobStates(folder, plan.cells)
    if (jobs) for (const [id, state] of states) console.log(`${state.padEnd(8)}  ${id}`)
    const count = (configuration: string | undefined, state: string): number =>
      plan.cells.filter((job) => (configuration ?? job.arm) === job.arm && states.get(job.id) === state).length
    const row = (label: string, configuration?: string) => [
      label,
      ...["finished", "started", "waiting", "failed"].map((state) => count(configuration, state)),
    ]
    const rows = [...plan.arms.map(({ id, label }) => row(label, id)), row("all")]
    console.log(textTable(["model", "finished", "started", "waiting", "failed"], rows))
    for (const [id, state] of states) {
      if (state !== "failed") continue
      const failure = await readFailure(folder, id)
      console.log(`${id} ${failure?.cause}: ${failure?.message}`)
    }
  },
}
