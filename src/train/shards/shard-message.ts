import type { EngineChoice } from "@sourceprint/engine/select-engine.js"
import type { LossConfig } from "../training-step.js"

/** What a shard's thread is started with. */
export interface ShardSetup {
  /** The model's layers, as `LayersModel.toJSON` gives them. */
  readonly topology: string
  readonly inputShape: readonly number[]
  readonly engine: EngineChoice
  /** Every weight, trainable or not, one after another in the model's order, as the last step left them. */
  readonly weights: SharedArrayBuffer
  /** This shard's part of the gradient: every trainable weight, one after another. */
  readonly gradient: SharedArrayBuffer
  /** See `BatchExchange.memory`. */
  readonly exchange: SharedArrayBuffer
  readonly index: number
  readonly shards: number
}

export interface ShardOrder {
  readonly rows: Float32Array
  readonly labels: Uint8Array
  /** Rows of the whole batch. */
  readonly ofBatch: number
  readonly config: LossConfig
}

export type ShardAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "stepped"; readonly lossSum: number; readonly correct: number }
  | { readonly kind: "failed"; readonly message: string }
