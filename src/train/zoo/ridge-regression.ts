import { factorise } from "./cholesky.js"

/** Weights that minimise mean (x · w - y)² + penalty × |w|², the bias as a last column of ones (penalised like the
 *  rest, which standardised columns make harmless).
 *  @param rows count × width, row-major  @param penalty above 0  @returns width + 1 weights, the bias last */
export function ridgeRegression(
  rows: Float32Array,
  width: number,
  targets: ArrayLike<number>,
  penalty: number,
): Float64Array {
  const n = width + 1
  const count = targets.length
  const gram = new Float64Array(n * n)
  const right = new Float64Array(n)
  const row = new Float64Array(n)
  row[width] = 1
  for (let r = 0; r < count; r++) {
    for (let j = 0; j < width; j++) row[j] = rows[r * width + j]
    for (let i = 0; i < n; i++) {
      const x = row[i]
      if (x === 0) continue
      right[i] += x * targets[r]
      for (let j = 0; j <= i; j++) gram[i * n + j] += x * row[j]
    }
  }
  for (let i = 0; i < n; i++) gram[i * n + i] += penalty * count
  factorise(gram, n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) right[i] -= gram[i * n + k] * right[k]
    right[i] /= gram[i * n + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i] -= gram[k * n + i] * right[k]
    right[i] /= gram[i * n + i]
  }
  return right
}
