import type { Sample } from "@sourceprint/core/dataset/sample.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { CaptureQuality } from "./quality/measure-quality.js"
import type { Step } from "./session/plan.js"

/** How far a session is; counts are touches of the whole plan. */
export interface SessionProgress {
  readonly done: number
  readonly skipped: number
  readonly total: number
  /** At the pace of this run; undefined until a touch is saved. */
  readonly remainingMs: number | undefined
}

/** What a session tells the person at the desk, whatever shows it: terminal, page, program. */
export type SessionEvent =
  | { readonly kind: "opened"; readonly scanner: string; readonly sensor: string }
  | { readonly kind: "consent"; readonly subject: string; readonly text: string }
  | {
      readonly kind: "place"
      readonly step: Step
      readonly impressions: number
      /** Touches of this step that the gate refused so far. */
      readonly refused: number
      readonly progress: SessionProgress
    }
  | { readonly kind: "reading"; readonly step: Step }
  | {
      readonly kind: "image"
      readonly step: Step
      readonly image: GrayImage
      readonly quality: CaptureQuality
    }
  | {
      readonly kind: "refused"
      readonly step: Step
      readonly reasons: readonly string[]
      /** The gate has refused so often that the operator should decide: keep, skip or try again. */
      readonly decide: boolean
    }
  | {
      readonly kind: "saved"
      readonly step: Step
      readonly sample: Sample
      readonly progress: SessionProgress
    }
  | { readonly kind: "lift"; readonly step: Step }
  | { readonly kind: "skipped"; readonly step: Step; readonly why: string }
  | { readonly kind: "undone"; readonly path: string }
  | { readonly kind: "noted"; readonly text: string }
  | { readonly kind: "trouble"; readonly message: string; readonly cure: string }
  | { readonly kind: "finished"; readonly progress: SessionProgress; readonly complete: boolean }

/** What the person at the desk can do at any time. */
export type OperatorAction =
  | { readonly do: "skip" }
  | { readonly do: "undo" }
  | { readonly do: "keep" }
  | { readonly do: "again" }
  | { readonly do: "note"; readonly text: string }
  | { readonly do: "consent"; readonly given: boolean }
  | { readonly do: "quit" }

/** The desk: shows what happens, hands in what the operator wants. */
export interface OperatorPort {
  show(event: SessionEvent): void
  /** The oldest action that was not taken yet, or undefined. */
  take(): OperatorAction | undefined
}
