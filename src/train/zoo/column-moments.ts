import type { LabelledRows } from "./model-entry.js"

/** A feature that hardly moves on the training rows says nothing; its deviation is floored here (feature units). */
const LEAST_DEVIATION = 1e-3

/** Mean and 1 / deviation of each column: what standardisation is made of. Measured on training rows only. */
export function columnMoments({ rows, rowLength, labels }: LabelledRows): {
  mean: Float32Array
  factor: Float32Array
} {
  const n = labels.length
  const sum = new Float64Array(rowLength)
  const squares = new Float64Array(rowLength)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < rowLength; j++) {
      const value = rows[i * rowLength + j]
      sum[j] += value
      squares[j] += value * value
    }
  }
  return {
    mean: Float32Array.from(sum, (total) => total / n),
    factor: Float32Array.from(sum, (total, j) => {
      const variance = squares[j] / n - (total / n) ** 2
      return 1 / Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, variance)))
    }),
  }
}
