import { parentPort, workerData } from "node:worker_threads"
import type { ScannerSettings } from "../scanner-settings.js"
import { SyntheticImpressions } from "../synthetic-impressions.js"
import type { SimulatorReply, SimulatorRequest } from "./finger-simulator.js"

const { seed, settings } = workerData as { readonly seed: number; readonly settings: ScannerSettings }
const touches = new SyntheticImpressions(seed, settings)
parentPort?.on("message", ({ id, request }: SimulatorRequest) => {
  parentPort?.postMessage({ id, nibbles: touches.impression(request).nibbles } satisfies SimulatorReply)
})
