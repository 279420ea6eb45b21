import type { TouchQuality } from "../quality/measure-quality.js"
import type { CapturedImage } from "../sensor.js"
import type { Hashes } from "./capture-dataset.js"
import type { ScannerPlan, SessionPlan, Step } from "./plan.js"
import type { TouchRecord } from "./touch-record.js"

export interface PlannedTouch {
  readonly plan: SessionPlan
  readonly scanner: ScannerPlan
  /** The sensor's name in words. */
  readonly sensor: string
  readonly step: Step
  readonly captured: CapturedImage
  readonly quality: TouchQuality
  /** Reasons of the gate that the operator overruled. */
  readonly overruled: readonly string[]
}

/** The manifest's name of a scanner's model: nobody takes a twin for a scanner. */
export const modelName = (model: string, simulated: boolean): string =>
  simulated ? `${model} (simulated)` : model

/** Manifest row and record of a touch that a plan asked for. */
export function describeTouch(touch: PlannedTouch, { sha256, rawSha256 }: Hashes): TouchRecord {
  const { plan, scanner, sensor, step, captured, quality, overruled } = touch
  const { image, bitDepth, expansion, baud, packetSizeBytes, transfers, transferMs } = captured
  return {
    sample: {
      path: step.path,
      sha256,
      scanner: step.scanner,
      scannerModel: modelName(scanner.model, plan.simulated),
      subject: step.subject,
      finger: step.finger,
      impression: step.impression,
      session: plan.session,
      widthPx: image.width,
      heightPx: image.height,
      dpi: image.dpi ?? 500,
      bitDepth,
      collection: plan.collection,
    },
    rawSha256,
    expansion,
    sensor,
    baud,
    packetSizeBytes,
    transfers,
    transferMs: Math.round(transferMs),
    capturedAt: new Date(captured.capturedAtMs).toISOString(),
    quality: { ...quality },
    overruled: [...overruled],
    operator: plan.operator,
    plan: plan.name,
    simulated: plan.simulated,
  }
}
