import { planFile } from "@sourceprint/train/run-experiment.js"
import { runNameOf } from "@sourceprint/train/run-folder.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { setOption } from "./options.js"

const options = {
  file: { type: "string", demandOption: true, describe: "experiments/<name>.yaml" },
  ...setOption,
  jobs: { type: "boolean", alias: "cells", default: false, describe: "list every job" },
  json: { type: "boolean", default: false, describe: "the resolved file and its configurations as JSON" },
} satisfies Record<string, Options>

export const experimentPlanCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "plan <file>",
  describe: "Check a file and show what it would run, without running it",
  builder: options,
  handler: async ({ file, set, jobs, json }) => {
    const { plan, samples } = await planFile(file, set)
    if (json) {
      console.log(JSON.stringify({ config: plan.config, arms: plan.configurations, tasks: plan.tasks }, undefined, 2))
      return
    }
    if (jobs) for (const { id } of plan.jobs) console.log(id)
    const rows = plan.configurations.map(({ id, label, model, training }) => [
      label,
      model.id,
      plan.jobs.filter(({ configuration }) => configuration.id === id).length,
      training.epochs,
      training.batchSize,
      training.learningRate,
    ])
    console.log(textTable(["model", "zoo id", "jobs", "epochs", "batch", "learning rate"], rows))
    console.log(
      `\n${runNameOf(plan.config)}: ${plan.jobs.length} jobs = ${plan.configurations.length} models × ` +
        `${plan.tasks.length} tasks × ` +
        `folds × ${plan.config.seeds.length} seeds, on ${samples.length} images`,
    )
  },
}
