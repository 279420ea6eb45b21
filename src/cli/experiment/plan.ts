import { planFile } from "@sourceprint/train/run-experiment.js"
import { runNameOf } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { setOption } from "./options.js"

const options = {
  file: { type: "string", demandOption: true, describe: "experiments/<name>.yaml" },
  ...setOption,
  cells: { type: "boolean", default: false, describe: "list every cell" },
  json: { type: "boolean", default: false, describe: "the resolved configuration and arms as JSON" },
} satisfies Record<string, Options>

export const experimentPlanCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "plan <file>",
  describe: "Check a file and show what it would run, without running it",
  builder: options,
  handler: async ({ file, set, cells, json }) => {
    const { plan, samples } = await planFile(file, set)
    if (json) {
      console.log(JSON.stringify({ config: plan.config, arms: plan.arms, tasks: plan.tasks }, undefined, 2))
      return
    }
    if (cells) for (const { id } of plan.cells) console.log(id)
    const rows = plan.arms.map(({ id, label, model, training }) => [
      label,
      model.id,
      plan.cells.filter(({ arm }) => arm.id === id).length,
      training.epochs,
      training.batchSize,
      training.learningRate,
    ])
    console.log(textTable(["model", "zoo id", "cells", "epochs", "batch", "learning rate"], rows))
    console.log(
      `\n${runNameOf(plan.config)}: ${plan.cells.length} cells = ${plan.arms.length} models × ` +
        `${plan.tasks.length} tasks × ` +
        `folds × ${plan.config.seeds.length} seeds, on ${samples.length} images`,
    )
  },
}
