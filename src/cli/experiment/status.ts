import { cellStates, readFailure } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
  cells: { type: "boolean", default: false, describe: "list every cell with its state" },
} satisfies Record<string, Options>

export const experimentStatusCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "status <run>",
  describe: "How far a run is, and which cells failed and why",
  builder: options,
  handler: async ({ run, runs, cells }) => {
    const { folder, plan } = await runOf(runs, run)
    const states = await cellStates(folder, plan.cells)
    if (cells) for (const [id, state] of states) console.log(`${state.padEnd(8)}  ${id}`)
    const count = (arm: string | undefined, state: string): number =>
      plan.cells.filter((cell) => (arm ?? cell.arm) === cell.arm && states.get(cell.id) === state).length
    const row = (label: string, arm?: string) => [
      label,
      ...["finished", "started", "waiting", "failed"].map((state) => count(arm, state)),
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
