import { linearModel, linearScore } from "@sourceprint/model/linear-model.js"
import { columnMoments } from "./column-moments.js"
import { logisticRegression } from "./logistic-regression.js"
import type { ClassicalRecipe } from "./model-entry.js"
import { ridgeRegression } from "./ridge-regression.js"
import { standardised } from "./standardised.js"

/** Ridge regression on standardised features, calibrated on dev.
 *  @param groups names and lengths of the vector's parts, in order
 *  @param without parts that count for nothing: their factor is 0
 *  @param penalty on the squared weights */
export function groupedRidge(
  groups: Readonly<Record<string, number>>,
  without: readonly string[],
  penalty: number,
): ClassicalRecipe {
  const kept = Object.entries(groups).flatMap(([name, length]) =>
    new Array<number>(length).fill(without.includes(name) ? 0 : 1),
  )
  return {
    kind: "classical",
    modelKind: "linear-v1",
    fit(training, dev) {
      const { rowLength, labels } = training
      const { mean, factor } = columnMoments(training)
      const moments = { mean, factor: factor.map((value, j) => value * kept[j]) }
      const share = labels.reduce((sum, label) => sum + label, 0) / labels.length
      const targets = Float64Array.from(labels, (label) => (label === 1 ? 1 : -share / (1 - share)))
      const weights = Float32Array.from(
        ridgeRegression(standardised(training, moments), rowLength, targets, penalty),
      ).subarray(0, rowLength) // the bias is fitted again below
      const state = { ...moments, weights }
      const features = Array.from(dev.labels, (_, i) => [linearScore(state, dev.rows, i * rowLength)])
      const [slope, offset] = logisticRegression(features, dev.labels)
      return linearModel({ ...state, slope, offset })
    },
  }
}
