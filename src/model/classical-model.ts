/** Kinds with a reader in `read-classical-model.ts`; none ever changes its meaning. */
export type ClassicalKind = "noise-reference-v1" | "noise-reference-v2" | "linear-v1" | "gaussian-v1"

/** A fitted model without tfjs. Scores are probabilities of the target scanner. */
export interface ClassicalModel {
  /** Selects the reader: a `ClassicalKind`, or a plug-in's own. */
  readonly kind: string
  readonly parameterCount: number
  /** (N × rowLength) -> N probabilities in [0, 1], one a row.
   *  @throws RangeError when `rows` is not a multiple of the row length */
  predict(rows: Float32Array): Float32Array
  /** Everything prediction needs, by file name. */
  files(): ReadonlyMap<string, Uint8Array>
}
