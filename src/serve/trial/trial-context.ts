import { randomBytes } from "node:crypto"
import { join } from "node:path"
import type { ImpressionImage } from "@sourceprint/capture/fingerprint/twin/impression.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { silentLog } from "@sourceprint/core/log.js"
import { type FittedTamperDetector, writeTamperDetector } from "@sourceprint/model/tamper-detector.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "../client/connect-server.js"
import type { FingerSource } from "../client/finger-source.js"
import type { ClientContext } from "../client/run-client.js"
import type { Inspector } from "../server/auth/inspection/inspector.js"
import { type RunningServer, runServer } from "../server/run-server.js"
import { ServeConfig } from "../server/serve-config.js"
import { noLimits, registerDevice } from "./attack-context.js"
import type { FittedScanner } from "./scanner-model.js"
import { trialPredictorModule, writeScannerModel } from "./scanner-model.js"
import type { TrialConfig } from "./trial-config.js"

/** Fits one model a unit from touches of people who take no part in the trial; comes from `cli`, which may train. */
export type FitScanners = (
  images: readonly { readonly unit: string; readonly person: string; readonly image: GrayImage }[],
  units: readonly string[],
  model?: TrialConfig["scannerTraining"]["model"],
) => Promise<FittedScanner[]>

/** Fits the tamper detector from the same touches; comes from `cli` too. */
export type FitTamperDetector = (
  images: readonly { readonly scanner: string; readonly person: string; readonly image: GrayImage }[],
) => FittedTamperDetector

export type MakeTrialInspector = (settings: {
  readonly matcherId: string
  readonly scoreThreshold: number
  readonly qualityFloor: number
  readonly models: Readonly<Record<string, string>>
  readonly tamperDetector?: string
  readonly liveness?: string
  readonly predictorModule: string
}) => Promise<Inspector>

export interface TrialContext {
  readonly server: RunningServer
  readonly touches: SyntheticImpressions
  readonly units: readonly string[]
  readonly devices: ReadonlyMap<string, Device>
  /** What a client at this device works with. */
  client(device: Device, fingers: FingerSource, clock?: Clock): ClientContext
  stop(): Promise<void>
}

export const personName = (index: number): string => `person-${index + 1}`

/** As the driver delivers it: 16 levels, spread to 8 bits. */
export const onLine = ({ image, nibbles }: ImpressionImage): GrayImage => ({
  ...image,
  pixels: nibbles.map((level) => 17 * level),
})

/** A touch of `finger` on `unit` as the driver delivers it. */
export function lineImage(
  touches: SyntheticImpressions,
  finger: string,
  unit: string,
  session: number,
  impression: number,
): GrayImage {
  return onLine(touches.impression({ finger, unit, session, impression }))
}

/** A server on this machine, twins for scanners, their devices registered, their models fitted. */
export async function startTrialContext(
  config: TrialConfig,
  folder: string,
  fitScanners: FitScanners,
  fitTamperDetector: FitTamperDetector,
  makeInspector: MakeTrialInspector,
  logLine: (text: string) => void,
): Promise<TrialContext> {
  const touches = new SyntheticImpressions(config.seed, ScannerSettings.parse({ seed: config.seed }))
  const units = Array.from({ length: config.units }, (_, i) => `unit-${i + 1}`)
  const models: Record<string, string> = {}
  let tamperDetector: string | undefined
  if (config.factors.includes("scanner")) {
    logLine("fitting the scanner models")
    const images = []
    for (let p = 0; p < config.scannerTraining.people; p++) {
      for (const unit of units) {
        for (let i = 0; i < config.scannerTraining.touches; i++) {
          const person = `training-${p + 1}`
          images.push({ unit, person, image: lineImage(touches, person, unit, p % 3, i) })
        }
      }
    }
    for (const fitted of await fitScanners(images, units, config.scannerTraining.model)) {
      const model = join(folder, "models", fitted.targetScanner)
      models[fitted.targetScanner] = model
      await writeScannerModel(model, fitted)
    }
    if (config.guard) {
      logLine("fitting the guard")
      tamperDetector = join(folder, "guard")
      await writeTamperDetector(
        tamperDetector,
        fitTamperDetector(images.map(({ unit, ...image }) => ({ scanner: unit, ...image }))),
      )
    }
  }
  const { matcher, threshold, qualityFloor, liveness } = config.matching
  const inspector = await makeInspector({
    matcherId: matcher,
    scoreThreshold: threshold,
    qualityFloor,
    models,
    ...(tamperDetector && { tamperDetector }),
    ...(liveness && { liveness }),
    predictorModule: trialPredictorModule,
  })
  const serveConfig = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: join(folder, "trial.db"),
    keyFile: join(folder, "master.keys"),
    policy: { enrolment: "open", factors: config.factors, touchesPerSignIn: config.touchesPerSignIn },
    matching: { threads: 1 },
  })
  const server = await runServer(serveConfig, () => Promise.resolve(inspector), silentLog, {
    limitRules: noLimits,
  })
  const devices = new Map<string, Device>()
  for (const unit of units) devices.set(unit, await registerDevice(server.deps.store, `device-${unit}`, unit))
  return {
    server,
    touches,
    units,
    devices,
    client: (device, fingers, clock = server.deps.clock) => ({
      deps: { crypto: webCrypto, clock, trusts: (identity) => toHex(identity) === server.identity },
      connect: () => connectServer({ host: "127.0.0.1", port: server.port }),
      device,
      fingers,
      tell: () => {},
      sleep: delay,
    }),
    stop: () => server.stop(),
  }
}

/** A device whose key no operator registered. */
export async function strangerDevice(scannerId: string): Promise<Device> {
  return { deviceId: "stranger", scannerId, signer: await webCrypto.signer(randomBytes(32)) }
}
