import { type LinearState, linearModel, linearScore } from "@sourceprint/model/linear-model.js"
import { columnMoments } from "./column-moments.js"
import { logisticRegression } from "./logistic-regression.js"
import type { ClassicalRecipe, LabelledRows } from "./model-entry.js"
import { ridgeRegression } from "./ridge-regression.js"
import { standardised } from "./standardised.js"

export type RawState = Omit<LinearState, "slope" | "offset">

/** Ridge regression on standardised features, not yet calibrated.
 *  @param groups names and lengths of the vector's parts, in order
 *  @param without parts that count for nothing: their factor is 0
 *  @param penalty on the squared weights */
export function fitRidge(
  groups: Readonly<Record<string, number>>,
  without: readonly string[],
  penalty: number,
  training: LabelledRows,
): RawState {
  const kept = Object.entries(groups).flatMap(([name, length]) =>
    new Array<number>(length).fill(without.includes(name) ? 0 : 1),
  )
  const { rowLength, labels } = training
  const { mean, factor } = columnMoments(training)
  const moments = { mean, factor: factor.map((value, j) => value * kept[j]) }
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length
  const targets = Float64Array.from(labels, (label) => (label === 1 ? 1 : -share / (1 - share)))
  const weights = Float32Array.from(
    ridgeRegression(standardised(training, moments), rowLength, targets, penalty),
  ).subarray(0, rowLength) // the bias is fitted again in calibration
  return { ...moments, weights }
}

/** What turns raw scores of rows that trained nothing into log-odds. */
export function calibration(scores: ArrayLike<number>, labels: Uint8Array): Pick<LinearState, "slope" | "offset"> {
  const [slope, offset] = logisticRegression(
    Array.from(scores, (score) => [score]),
    labels,
  )
  return { slope, offset }
}

/** A ridge regression (`fitRidge`), calibrated on dev. */
export const calibratedRidge = (fitted: (training: LabelledRows) => RawState): ClassicalRecipe => ({
  kind: "classical",
  modelKind: "linear-v1",
  fit(training, dev) {
    const state = fitted(training)
    return linearModel({ ...state, ...calibration(rawScores(state, dev), dev.labels) })
  },
})

/** One raw score a row. */
export const rawScores = (state: RawState, { rows, rowLength }: Pick<LabelledRows, "rows" | "rowLength">) =>
  Float64Array.from({ length: rows.length / rowLength }, (_, i) => linearScore(state, rows, i * rowLength))
