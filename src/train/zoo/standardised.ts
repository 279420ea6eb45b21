import { CLIP_DEVIATIONS } from "@sourceprint/model/linear-model.js"
import type { LabelledRows } from "./model-entry.js"

/** Rows standardised and clipped as `linearScore` does it. */
export function standardised(
  { rows, rowLength }: LabelledRows,
  { mean, factor }: { readonly mean: Float32Array; readonly factor: Float32Array },
): Float32Array {
  return rows.map((value, i) => {
    const j = i % rowLength
    return Math.min(CLIP_DEVIATIONS, Math.max(-CLIP_DEVIATIONS, (value - mean[j]) * factor[j]))
  })
}
