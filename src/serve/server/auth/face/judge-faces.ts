import type { FaceCaptureMessage } from "@sourceprint/protocol/message.js"
import type { AuthDeps } from "../auth-deps.js"
import type { Reason } from "../reason.js"
import type { OutstandingFace } from "./face-challenge.js"
import { checkFaceCapture } from "./face-checks.js"

/** What a face capture is held against. */
export interface FacesAgainst {
  /** Unsealed templates; none where nobody is to be matched. */
  readonly references: readonly Uint8Array[]
  /** Whether a template is wanted. */
  readonly enrols: boolean
  /** Told of the pictures that were looked at. */
  onLooked?(done: number, total: number): void
}

export interface FacesJudgement {
  /** Undefined when every check is kept. */
  readonly reason: Reason | undefined
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly template: Uint8Array | undefined
  readonly imageDigests: readonly string[]
}

/** All checks of a face capture in their order; "busy" when the workers have no room, and then nothing is used up. */
export function judgeFaces(
  deps: AuthDeps,
  { outstanding, actions }: OutstandingFace,
  { skewMs, lastSequence }: { readonly skewMs: number; readonly lastSequence: number },
  capture: FaceCaptureMessage,
  { references, enrols, onLooked }: FacesAgainst,
): Promise<FacesJudgement | "busy"> {
  const { metrics, inspector, queue } = deps
  const { faces } = inspector
  if (faces === undefined) throw new TypeError("a policy with a face needs a face inspector")
  return queue.run(async () => {
    const context = { skewMs, outstanding, lastSequence }
    const checked = await metrics.timed("checks", () => checkFaceCapture(deps, context, capture))
    const { reason, frames, imageDigests } = checked
    if (reason !== undefined) return { reason, detail: {}, template: undefined, imageDigests }
    const request = { frames: frames.map(({ image }) => image), actions, references, enrols }
    const { fault, detail, template } = await metrics.timed("inspect-face", () =>
      faces.judge(request, (looked) => onLooked?.(looked, frames.length)),
    )
    return { reason: fault, detail: { ...detail, actions: actions.join(" ") }, template, imageDigests }
  })
}
