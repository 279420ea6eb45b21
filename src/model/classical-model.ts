/** A fitted model without tfjs. Scores are probabilities of the target scanner. */
export interface ClassicalModel {
  /** Selects the reader in `read-classical-model.ts`; never changes meaning. */
  readonly kind: "noise-reference-v1" | "noise-reference-v2" | "linear-v1" | "gaussian-v1"
  readonly parameterCount: number
  /** (N × rowLength) -> N probabilities in [0, 1], one a row.
   *  @throws RangeError when `rows` is not a multiple of the row length */
  predict(rows: Float32Array): Float32Array
  /** Everything prediction needs, by file name. */
  files(): ReadonlyMap<string, Uint8Array>
}
