import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { formatDuration } from "@sourceprint/core/progress.js"
import { chooseEngine } from "@sourceprint/train/choose-engine.js"
import { estimateTime, startSeconds } from "@sourceprint/train/estimate-time.js"
import type { ExperimentPlan } from "@sourceprint/train/plan.js"
import { planFile } from "@sourceprint/train/run-experiment.js"
import { runNameOf } from "@sourceprint/train/run-folder.js"
import { trialCount } from "@sourceprint/train/search/next-round.js"
import { threadsOf, workersFor } from "@sourceprint/train/worker-cores.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { setOption } from "./options.js"

const options = {
  file: { type: "string", demandOption: true, describe: "experiments/<name>.yaml" },
  ...setOption,
  jobs: { type: "boolean", alias: "cells", default: false, describe: "list every job" },
  time: { type: "boolean", default: true, describe: "measure a step of each model and say how long the run takes" },
  workers: { type: "number", requiresArg: true, describe: "for the time: processes at a time; else one a core" },
  json: { type: "boolean", default: false, describe: "the resolved file and its configurations as JSON" },
} satisfies Record<string, Options>

export const experimentPlanCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "plan <file>",
  describe: "Check a file and show what it would run, without running it",
  builder: options,
  handler: async ({ file, set, jobs, json, time, workers }) => {
    const { plan, samples } = await planFile(file, set)
    if (json) {
      console.log(JSON.stringify({ config: plan.config, arms: plan.configurations, tasks: plan.tasks }, undefined, 2))
      return
    }
    for (const line of likelyMistakes(samples)) console.error(`warning: ${line}`)
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
    const { search } = plan.config
    if (search !== undefined) {
      const known = plan.trials?.length ?? 0
      console.log(
        `a search (${search.method}) of at most ${trialCount(search)} trials; the ${known} above are known, ` +
          "the others follow from their figures on dev",
      )
    }
    if (time) for (const line of await timeLines(plan, samples, workers)) console.log(line)
  },
}

/** A plan is worth having without its time, so what prevents the measurement is said and stops nothing. */
async function timeLines(plan: ExperimentPlan, samples: readonly Sample[], asked?: number): Promise<string[]> {
  const workers = workersFor(plan, asked)
  try {
    const threads = threadsOf(plan, asked)
    const { tf, name, why } = await chooseEngine(plan.config.engine, plan.configurations, { threads })
    const machine = { workers, startSeconds: startSeconds() }
    const { seconds, measured, unmeasured } = await estimateTime(plan, samples, tf, machine)
    const rows = measured.map(({ label, stepMs, steps, jobSeconds }) => [
      label,
      steps === 0 ? "-" : `${stepMs.toPrecision(3)} ms`,
      steps === 0 ? "-" : steps,
      formatDuration(1000 * jobSeconds),
    ])
    const left = unmeasured === 0 ? [] : [`${unmeasured} more models count as the mean of these`]
    return [
      "",
      textTable(["model", "measured step", "steps a job, at most", "a job, at most"], rows),
      ...left,
      `about ${formatDuration(1000 * seconds)} at most, ${workers} jobs at a time, engine ${name} (${why}); ` +
        "early stopping makes it shorter, the report comes on top",
    ]
  } catch (error) {
    return [`how long it takes is not known: ${messageOf(error)}`]
  }
}
