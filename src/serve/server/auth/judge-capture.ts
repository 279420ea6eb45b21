import type { CaptureMessage } from "../../../protocol/message.js"
import type { AuthDeps } from "./auth-deps.js"
import { type CaptureContext, checkCapture } from "./capture-checks.js"
import type { Inspection } from "./inspector.js"
import type { CheckReason } from "./reason.js"

/** What a capture is held against. */
export interface JudgeAgainst {
  /** Unsealed templates; none in the first captures of an enrolment. */
  readonly references: readonly Uint8Array[]
  /** Whether the scanner model's verdict counts. */
  readonly checksScanner: boolean
}

export interface Judgement {
  /** Undefined when every check is kept. */
  readonly reason: CheckReason | undefined
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

/** Checks 3 to 10 of docs/protocol.md section 8; "busy" when the workers have no room, and then nothing is used up. */
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
    const request = { image, references: against.references, scannerId: context.device.scannerId }
    return verdictOf(deps, await metrics.timed("inspect", () => inspector.inspect(request)), against)
  })
}

/** Checks 8 to 10, in order, on what was computed in one go. Without references (the first captures of an enrolment)
 *  there is no finger to compare with. */
function verdictOf(
  { metrics }: AuthDeps,
  found: Inspection,
  { references, checksScanner }: JudgeAgainst,
): Judgement {
  for (const [stage, ms] of Object.entries(found.stageMs)) metrics.stage(`inspect.${stage}`, ms)
  const detail = {
    quality: found.quality,
    qualityFloor: found.qualityFloor,
    ...(references.length > 0 && { score: found.score, scoreThreshold: found.scoreThreshold }),
    ...(found.scanner && {
      probTargetScanner: found.scanner.probTargetScanner,
      scannerThreshold: found.scanner.threshold,
    }),
  }
  if (!found.acceptable) return { reason: "quality", detail }
  if (references.length > 0 && !(found.score >= found.scoreThreshold)) return { reason: "finger", detail }
  if (checksScanner && found.scanner?.accepted !== true) return { reason: "scanner", detail }
  return { reason: undefined, detail }
}
