import type { EngineChoice } from "@sourceprint/engine/select-engine.js"
import type { LossConfig } from "../training-step.js"

/** What a share's thread is started with. */
export interface ShareSetup {
  /** The model's layers, as `LayersModel.toJSON` gives them. */
  readonly topology: string
  readonly inputShape: readonly number[]
  readonly engine: EngineChoice
  /** Every weight, trainable or not, one after another in the model's order, as the last step left them. */
  readonly weights: SharedArrayBuffer
  /** This share's part of the gradient: every trainable weight, one after another. */
  readonly gradient: SharedArrayBuffer
  /** See `BatchExchange.memory`. */
  readonly exchange: SharedArrayBuffer
  readonly index: number
  readonly shares: number
}

export interface ShareOrder {
  readonly rows: Float32Array
  readonly labels: Uint8Array
  /** Rows of the whole batch. */
  readonly ofBatch: number
  readonly config: LossConfig
}

export type ShareAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "stepped"; readonly lossSum: number; readonly hits: number }
  | { readonly kind: "failed"; readonly message: string }
