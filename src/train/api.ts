/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { inputShape } from "@sourceprint/model/view/encode-patch.js"

export { z } from "zod"
export { compareRuns, type RunDifference } from "./compare-runs.js"
export type { ExperimentConfig } from "./experiment-config.js"
export { exportRun } from "./export/export-run.js"
export { type LoadedDataset, loadDataset } from "./load-dataset.js"
export { type ExperimentAnswers, newExperiment } from "./new-experiment.js"
export {
  defineAugmentation,
  defineMetric,
  defineModel,
  definePlugin,
} from "./plugins/define-plugin.js"
export { loadPlugin } from "./plugins/load-plugin.js"
export type { AugmentationEntry, JudgedImages, MetricEntry, Plugin } from "./plugins/plugin.js"
export { type PromoteRequest, promoteModels, promoteModels as promote } from "./promote-model.js"
export { type LoadedRun, loadRun } from "./report/load-run.js"
export { type ReportRunsOptions, reportRuns } from "./report-runs.js"
export {
  planFile,
  planFile as planExperiment,
  type RunOptions,
  type RunResult,
  runExperiment,
} from "./run-experiment.js"
export { contractFor } from "./zoo/contract-for.js"
export type { ClassicalRecipe, LabelledRows, LayersRecipe, ModelEntry, ModelPlan } from "./zoo/model-entry.js"
export { patchNetwork } from "./zoo/patch-network.js"
