import { REGISTRY_FOLDER } from "@sourceprint/model/model-registry.js"
import type { OperatorSources } from "@sourceprint/serve/server/operator/operator-sources.js"

/** As the other commands find them, from where the server was started. What reads them is loaded when an operator
 *  asks: a server starts without it. */
export const operatorSources = ({
  runsFolder = "experiments/runs",
  dataFolder = "data",
  reportsFolder = "reports",
  registryFolder = REGISTRY_FOLDER,
} = {}): OperatorSources => ({
  reportsFolder,
  registryFolder,
  experiments: async () => (await import("./work-here.js")).experiments(runsFolder),
  captures: async () => (await import("./work-here.js")).captures(dataFolder),
})
