import { AppError } from "@sourceprint/core/errors.js"
import { productInspector } from "@sourceprint/serve/server/auth/inspection/product-inspector.js"
import { operatorChannel } from "@sourceprint/serve/server/operator/operator-channel.js"
import { pinoLog } from "@sourceprint/serve/server/pino-log.js"
import { type RunningServer, runServer, type ServerTuning } from "@sourceprint/serve/server/run-server.js"
import { factorPoliciesOf, type ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { fingerThreshold } from "./finger-threshold.js"
import { operatorSources } from "./operator-sources.js"

/** The server with the product's matcher and models. @throws AppError "serve/threshold", "serve/models" */
export async function startServer(
  config: ServeConfig,
  logLevel: "debug" | "info" | "warn" | "error",
  tuning: ServerTuning = {},
): Promise<RunningServer> {
  const { matcher, qualityFloor, models, guard: tamperDetector, liveness } = config.matching
  const factorPolicies = factorPoliciesOf(config)
  const usesFinger = factorPolicies.some((factorPolicy) => factorPolicy.includes("finger"))
  if (factorPolicies.some((factorPolicy) => factorPolicy.includes("scanner")) && Object.keys(models).length === 0) {
    throw new AppError(
      "serve/models",
      "the policy asks for the scanner, but matching.models names no promoted model: name one for each " +
        "scanner id, or leave the factor out",
    )
  }
  const log = pinoLog(logLevel, undefined)
  const finger = usesFinger ? await fingerThreshold(config.matching) : undefined
  if (finger !== undefined) log.info("matching.threshold", finger)
  const settings = {
    matcherId: matcher,
    scoreThreshold: finger?.threshold ?? 0,
    qualityFloor,
    models,
    ...(tamperDetector && { tamperDetector }),
    ...(liveness && { liveness }),
  }
  const faces = factorPolicies.some((factorPolicy) => factorPolicy.includes("face")) ? config.faces : undefined
  const channels = [operatorChannel(operatorSources()), ...(tuning.channels ?? [])]
  return await runServer(config, (threads) => productInspector(settings, faces, threads, log), log, {
    ...tuning,
    channels,
  })
}
