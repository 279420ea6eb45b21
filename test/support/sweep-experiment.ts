import { tinyExperiment } from "./tiny-scanners.js"

/** A sweep over learning rates and batch sizes of a network of two filters that trains for one epoch: `configurations`
 *  (tens) × one-vs-all targets × 5 folds × 2 seeds. */
export const sweepExperiment = (dataset: string, configurations: number): string => {
  const rates = Array.from({ length: configurations / 10 }, (_, i) => Number((0.001 * 1.1 ** i).toPrecision(4)))
  const sizes = Array.from({ length: 10 }, (_, i) => i + 2)
  const sweep = `product: { training.learningRate: [${rates}], training.batchSize: [${sizes}] }`
  return tinyExperiment(dataset, `seeds: [1, 2]\nsweep: { ${sweep} }\n`)
    .replace("epochs: 3,", "epochs: 1,")
    .replace("patience: 3", "patience: 1")
    .replace("folds: 3", "folds: 5")
    .replace("targets: [s0]", "targets: every")
    .replace("filters: [4, 4]", "filters: [2]")
}
