import { join } from "node:path"
import { exportRun } from "@sourceprint/train/export/export-run.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
  out: { type: "string", requiresArg: true, describe: "folder of the files; exports/<run> when left out" },
} satisfies Record<string, Options>

export const experimentExportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "export <run>",
  describe: "Scores, histories and figures of a run as CSV, Parquet, LaTeX, BibTeX and TensorBoard events",
  builder: options,
  handler: async ({ run, runs, out }) => {
    const { folder } = await runOf(runs, run)
    for (const path of await exportRun(folder, out ?? join("exports", run))) console.log(path)
  },
}
