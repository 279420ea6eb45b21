import { parentPort, workerData } from "node:worker_threads"
import type { ScannerSettings } from "../scanner-settings.js"
import { SyntheticTouches } from "../synthetic-touches.js"
import type { PressAnswer, PressQuestion } from "./presser.js"

const { seed, settings } = workerData as { readonly seed: number; readonly settings: ScannerSettings }
const touches = new SyntheticTouches(seed, settings)
parentPort?.on("message", ({ id, request }: PressQuestion) => {
  parentPort?.postMessage({ id, nibbles: touches.touch(request).nibbles } satisfies PressAnswer)
})
