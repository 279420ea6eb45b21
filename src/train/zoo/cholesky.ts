/** Cholesky factor of a symmetric positive definite matrix (row-major n × n, lower half read), in its place. */
export function factorise(matrix: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    let pivot = matrix[j * n + j]
    for (let k = 0; k < j; k++) pivot -= matrix[j * n + k] ** 2
    const diagonal = Math.sqrt(pivot)
    matrix[j * n + j] = diagonal
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j]
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k] * matrix[j * n + k]
      matrix[i * n + j] = sum / diagonal
    }
  }
}

/** Inverse of a lower triangular matrix (row-major n × n): the rows of its lower triangle, n (n + 1) / 2 numbers. */
export function inverseTriangle(lower: Float64Array, n: number): Float32Array {
  const out = new Float32Array((n * (n + 1)) / 2)
  const column = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    column[j] = 1 / lower[j * n + j]
    for (let i = j + 1; i < n; i++) {
      let sum = 0
      for (let k = j; k < i; k++) sum -= lower[i * n + k] * column[k]
      column[i] = sum / lower[i * n + i]
    }
    for (let i = j; i < n; i++) out[(i * (i + 1)) / 2 + j] = column[i]
  }
  return out
}
