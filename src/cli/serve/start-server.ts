import { AppError } from "@sourceprint/core/errors.js"
import { productInspector } from "@sourceprint/serve/server/auth/inspection/product-inspector.js"
import { operatorChannel } from "@sourceprint/serve/server/operator/operator-channel.js"
import { pinoLog } from "@sourceprint/serve/server/pino-log.js"
import { type RunningServer, runServer, type ServerTuning } from "@sourceprint/serve/server/run-server.js"
import { factorPoliciesOf, type ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { operatorSources } from "./operator-sources.js"

/** The server with the product's matcher and models. @throws AppError "serve/threshold", "serve/models" */
export function startServer(
  config: ServeConfig,
  logLevel: "debug" | "info" | "warn" | "error",
  tuning: ServerTuning = {},
): Promise<RunningServer> {
  const { matcher, threshold, qualityFloor, models, guard: tamperDetector } = config.matching
  const factorPolicies = factorPoliciesOf(config)
  const usesFinger = factorPolicies.some((factorPolicy) => factorPolicy.includes("finger"))
  if (usesFinger && threshold === undefined) {
    throw new AppError("serve/threshold", "matching.threshold is missing in serve.yaml: calibrate it on your own data")
  }
  if (factorPolicies.some((factorPolicy) => factorPolicy.includes("scanner")) && Object.keys(models).length === 0) {
    throw new AppError(
      "serve/models",
      "the policy asks for the scanner, but matching.models names no promoted model: name one for each " +
        "scanner id, or leave the factor out",
    )
  }
  const log = pinoLog(logLevel, undefined)
  const settings = {
    matcherId: matcher,
    scoreThreshold: threshold ?? 0,
    qualityFloor,
    models,
    ...(tamperDetector && { tamperDetector }),
  }
  const faces = factorPolicies.some((factorPolicy) => factorPolicy.includes("face")) ? config.faces : undefined
  const channels = [operatorChannel(operatorSources()), ...(tuning.channels ?? [])]
  return runServer(config, (threads) => productInspector(settings, faces, threads, log), log, {
    ...tuning,
    channels,
  })
}
