import type { CaptureMessage } from "@sourceprint/protocol/message.js"
import type { AuthDeps } from "../auth-deps.js"
import type { Inspection } from "../inspection/inspector.js"
import type { CheckReason } from "../reason.js"
import { type CaptureContext, checkCapture } from "./capture-checks.js"

/** What a capture is held against. */
export interface JudgeAgainst {
  /** Unsealed templates; none in the first captures of an enrolment. */
  readonly references: readonly Uint8Array[]
  /** Whether the scanner model's verdict counts. */
  readonly checksScanner: boolean
  /** Templates of the touches before this one in the same attempt. */
  readonly earlier?: readonly Uint8Array[]
}

export interface Judgement {
  /** Undefined when every check is kept. */
  readonly reason: CheckReason | undefined
  readonly detail: Readonly<Record<string, string | number | boolean>>
  /** Of this touch, where it gave one; kept until the attempt ends. */
  readonly probe?: Uint8Array | undefined
}

/** Checks 3 to 13 of docs/protocol.md section 8; "busy" when the workers have no room, and then nothing is used up. */
export function judgeCapture(
  deps: AuthDeps,
  context: CaptureContext,
  capture: CaptureMessage,
  against: JudgeAgainst,
): Promise<Judgement | "busy"> {
  const { queue, metrics, inspector } = deps
  return queue.run(async () => {
    const reason = await metrics.timed("checks", () => checkCapture(deps, context, capture))
    if (reason !== undefined) return { reason, detail: {} }
    const { image } = capture
    const { references, earlier = [] } = against
    const request = { image, references, earlier, scannerId: context.device.scannerId }
    const found = await metrics.timed("inspect", () => inspector.inspect(request))
    return { ...verdictOf(deps, found, against), probe: found.probe }
  })
}

/** Two touches of one attempt that cannot be compared with each other are not taken for two. */
const isDuplicate = (duplicate: Inspection["duplicate"]): boolean =>
  duplicate !== undefined &&
  (!duplicate.comparable || (duplicate.distortionPx ?? duplicate.boundPx) < duplicate.boundPx)

/** Checks 8 to 13, in order, on what was computed in one go. Without references (the first captures of an enrolment)
 *  there is no finger to compare with. */
function verdictOf(
  { metrics, policy }: AuthDeps,
  found: Inspection,
  { references, checksScanner }: JudgeAgainst,
): Judgement {
  for (const [stage, ms] of Object.entries(found.stageMs)) metrics.stage(`inspect.${stage}`, ms)
  const detail = {
    quality: found.quality,
    qualityFloor: found.qualityFloor,
    ...(references.length > 0 && { score: found.score, scoreThreshold: found.scoreThreshold }),
    ...(found.duplicate?.distortionPx !== undefined && {
      distortionPx: found.duplicate.distortionPx,
      copyBoundPx: found.duplicate.boundPx,
    }),
    ...(found.scanner && {
      probTargetScanner: found.scanner.probTargetScanner,
      scannerThreshold: found.scanner.threshold,
    }),
    ...(found.tamperDetector && {
      probGenuine: found.tamperDetector.probGenuine,
      guardThreshold: found.tamperDetector.threshold,
    }),
    ...(found.liveness && {
      probBonaFide: found.liveness.probTargetScanner,
      livenessThreshold: found.liveness.threshold,
    }),
  }
  if (!found.acceptable) return { reason: "quality", detail }
  if (references.length > 0 && !(found.score >= found.scoreThreshold)) return { reason: "finger", detail }
  if (policy.refuseDuplicates && isDuplicate(found.duplicate)) return { reason: "copy", detail }
  if (checksScanner && found.scanner?.accepted !== true) return { reason: "scanner", detail }
  if (checksScanner && found.tamperDetector?.accepted === false) return { reason: "altered", detail }
  if (found.liveness?.accepted === false) return { reason: "liveness", detail }
  return { reason: undefined, detail }
}
