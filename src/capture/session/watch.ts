import { delay } from "@sourceprint/core/async/delay.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { measureQuality } from "../quality/measure-quality.js"
import type { Sensor } from "../sensor.js"
import type { CaptureDataset } from "./capture-dataset.js"
import { describeCapture } from "./describe-capture.js"

export interface WatchOptions {
  readonly sensor: Sensor
  readonly dataset: CaptureDataset
  readonly scanner: string
  readonly operator: string
  readonly simulated: boolean
  readonly signal: AbortSignal
  readonly pollMs?: number
  /** Stops after so many touches; absent: continues until the signal. */
  readonly touches?: number
  readonly onSaved: (sample: Sample) => void
  readonly onTrouble: (message: string) => void
}

/** Saves every touch of one scanner, without asking who or which finger, until it is stopped. A lost scanner is waited
 *  for. @returns the number of touches saved */
export async function watchScanner(options: WatchOptions): Promise<number> {
  const { sensor, signal } = options
  let saved = 0
  let held = false
  while (!signal.aborted && saved < (options.touches ?? Number.POSITIVE_INFINITY)) {
    try {
      const finger = await sensor.look()
      if (finger && !held) {
        options.onSaved(await saveCapture(options))
        saved++
      }
      held = finger
    } catch (error) {
      if (!(error instanceof AppError) || !/^(sensor|image|transport)\//.test(error.code)) throw error
      options.onTrouble(error.message)
      if (error.code.startsWith("transport/") || error.code === "sensor/no-answer") await sensor.reconnect()
    }
    await delay(options.pollMs ?? 100)
  }
  return saved
}

async function saveCapture({ sensor, dataset, scanner, operator, simulated }: WatchOptions): Promise<Sample> {
  const captured = await sensor.read()
  const taken = (await dataset.samples()).filter((sample) => sample.scanner === scanner)
  const impression = 1 + Math.max(0, ...taken.map((sample) => sample.impression))
  const touch = {
    path: `${scanner}/touch_${String(impression).padStart(5, "0")}.bmp`,
    scanner,
    scannerModel: sensor.model,
    subject: "",
    finger: "",
    impression,
    session: new Date(captured.capturedAtMs).toISOString().slice(0, 10),
    collection: "main",
    device: sensor,
    captured,
    quality: measureQuality(captured.image),
    overruled: [],
    operator,
    plan: "",
    simulated,
  }
  return dataset.save(encodeBmp(captured.image), captured.raw, (hashes) => describeCapture(touch, hashes))
}
