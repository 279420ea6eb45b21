import { existsSync } from "node:fs"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "../data/dataset-folder.js"
import { terminalProgress } from "../terminal-progress.js"

const options = {
  dataset: { type: "string", demandOption: true, describe: "dataset name: data/<dataset>" },
} satisfies Record<string, Options>

export const captureVerifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "verify <dataset>",
  describe: "Finish what an interrupted session left, then check every row, image, raw file and record",
  builder: (yargs) => yargs.positional("dataset", options.dataset),
  handler: async ({ dataset }) => {
    const folder = datasetFolder(dataset)
    if (!existsSync(folder)) throw new AppError("dataset/missing", `there is no ${folder}; capture session makes one`)
    const { rows, recovery, findings } = await verifyDataset(folder, terminalProgress())
    for (const path of recovery.completed) console.log(`completed: ${path} (a session was interrupted)`)
    if (recovery.discarded > 0) console.log(`${recovery.discarded} touches were interrupted before they were saved`)
    for (const finding of findings) console.log(finding)
    console.log(`${folder}: ${rows} rows, ${findings.length} findings`)
    if (findings.length > 0) throw new AppError("dataset/damaged", `${findings.length} findings, listed above`)
  },
}
