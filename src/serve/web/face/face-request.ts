import type { Look } from "./face-sight.js"

/** Width of the frames that are looked at; the height follows the camera's shape. */
export const DETECTION_WIDTH_PX = 320

/** A frame for the worker: RGBA, row by row. Its buffer is transferred, and comes back with the answer. */
export interface FaceRequest {
  readonly id: number
  readonly widthPx: number
  readonly heightPx: number
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

export type FaceAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly why: string }
  | {
      readonly kind: "look"
      readonly id: number
      readonly look: Look
      readonly rgba: Uint8ClampedArray<ArrayBuffer>
    }
