/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { compareRuns, type RunDifference } from "./compare-runs.js"
export type { ExperimentConfig } from "./experiment-config.js"
export { type LoadedDataset, loadDataset } from "./load-dataset.js"
export { type ExperimentAnswers, newExperiment } from "./new-experiment.js"
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
