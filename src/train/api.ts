/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export type { ExperimentConfig } from "./experiment-config.js"
export { type PromoteRequest, promoteModels } from "./promote-model.js"
export { type ReportRunsOptions, reportRuns } from "./report-runs.js"
export { planFile, type RunOptions, type RunResult, runExperiment } from "./run-experiment.js"
