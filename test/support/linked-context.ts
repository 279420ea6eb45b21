import { join } from "node:path"
import { simulateInline } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { DemoScanner } from "@sourceprint/serve/demo/demo-panel.js"
import { type DemoServer, startDemoServer } from "@sourceprint/serve/demo/demo-server.js"
import { runServer } from "@sourceprint/serve/server/run-server.js"
import type { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { trialPredictorModule, writeScannerModel } from "@sourceprint/serve/trial/scanner-model.js"
import { type FitScanners, lineImage, type MakeTrialInspector } from "@sourceprint/serve/trial/trial-context.js"

export interface LinkedContextOptions {
  readonly folder: string
  /** World of units, fingers and touches. */
  readonly seed: number
  readonly scanners: readonly DemoScanner[]
  /** People who take no part, from whose touches the scanner models are made. */
  readonly training: { readonly people: number; readonly touches: number }
  readonly scoreThreshold: number
  readonly fitScanners: FitScanners
  readonly makeInspector: MakeTrialInspector
  /** Beside open sign-up. */
  readonly policy?: Partial<ServeConfig["policy"]>
  /** How long a simulated person takes to reach the platen; without a delay unless one is given. */
  readonly reachMs?: number
}

/** The demonstration's server with simulated scanners linked, for trials: models of its own, no back-off, and people
 *  who answer without delay. */
export async function startLinkedContext(options: LinkedContextOptions): Promise<DemoServer> {
  const {
    folder,
    seed,
    scanners,
    training,
    scoreThreshold,
    fitScanners,
    makeInspector,
    policy = {},
    reachMs = 0,
  } = options
  const touches = new SyntheticImpressions(seed, ScannerSettings.parse({ seed }))
  const units = [...new Set(scanners.flatMap(({ scannerId, other }) => [scannerId, other]))].sort()
  const images = []
  for (let p = 1; p <= training.people; p++) {
    for (const unit of units) {
      for (let i = 0; i < training.touches; i++) {
        const person = `training-${p}`
        images.push({ unit, person, image: lineImage(touches, person, unit, 0, i) })
      }
    }
  }
  const models: Record<string, string> = {}
  for (const fitted of await fitScanners(images, units)) {
    const model = join(folder, "models", fitted.targetScanner)
    models[fitted.targetScanner] = model
    await writeScannerModel(model, fitted)
  }
  const inspector = await makeInspector({
    matcherId: "minutiae",
    scoreThreshold,
    qualityFloor: 20,
    models,
    predictorModule: trialPredictorModule,
  })
  return startDemoServer({
    folder,
    files: { store: join(folder, "demo.db"), keyFile: join(folder, "master.keys") },
    ports: { port: 0, httpPort: 0 },
    scanners,
    fingerSimulator: simulateInline(touches),
    policy,
    matching: { threads: 1 },
    start: (config, tuning) =>
      runServer(config, () => Promise.resolve(inspector), silentLog, { ...tuning, limitRules: noLimits }),
    logLine: () => {},
    reachMs,
  })
}
