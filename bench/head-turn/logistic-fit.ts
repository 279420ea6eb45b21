/** Weights of log-odds = offset + weights · x. */
export interface Logistic {
  readonly offset: number
  readonly weights: readonly number[]
}

export const logOdds = ({ offset, weights }: Logistic, x: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * weights[i], offset)

const ROUNDS = 25

/** Ridge-penalised logistic regression on standardised features by Newton's method (Hastie, Tibshirani and Friedman,
 *  The Elements of Statistical Learning, 4.4). @param x one row a sample @param y 1 or 0 @param w weight of each sample
 *  @param penalty on the squared weights of standardised features */
export function fitLogistic(
  x: readonly (readonly number[])[],
  y: readonly number[],
  w: readonly number[],
  penalty: number,
): Logistic {
  const width = x[0].length
  const total = w.reduce((sum, value) => sum + value, 0)
  const column = (j: number, of: (value: number) => number): number =>
    x.reduce((sum, row, i) => sum + (w[i] * of(row[j])) / total, 0)
  const means = Array.from({ length: width }, (_, j) => column(j, (value) => value))
  const spreads = means.map((mean, j) => Math.sqrt(column(j, (value) => (value - mean) ** 2)) || 1)
  const rows = x.map((row) => [1, ...row.map((value, j) => (value - means[j]) / spreads[j])])
  let b: number[] = Array(width + 1).fill(0)
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = b.map((value, j) => (j === 0 ? 0 : -penalty * value))
    const hessian = b.map((_, j) => b.map((_unused, k) => (j === k ? (j === 0 ? 1e-6 : penalty) : 0)))
    rows.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, j) => sum + value * b[j], 0)))
      const weight = w[i] * p * (1 - p)
      for (let j = 0; j <= width; j++) {
        gradient[j] += w[i] * (y[i] - p) * row[j]
        for (let k = 0; k <= width; k++) hessian[j][k] += weight * row[j] * row[k]
      }
    })
    const step = solved(hessian, gradient)
    b = b.map((value, j) => value + step[j])
    if (Math.max(...step.map(Math.abs)) < 1e-6) break
  }
  const weights = b.slice(1).map((value, j) => value / spreads[j])
  return { weights, offset: weights.reduce((sum, value, j) => sum - value * means[j], b[0]) }
}

/** Gauss-Jordan elimination with pivoting; the penalty keeps the matrix regular. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const m = matrix.map((row, i) => [...row, right[i]])
  for (let c = 0; c < m.length; c++) {
    let pivot = c
    for (let r = c + 1; r < m.length; r++) if (Math.abs(m[r][c]) > Math.abs(m[pivot][c])) pivot = r
    ;[m[c], m[pivot]] = [m[pivot], m[c]]
    for (let r = 0; r < m.length; r++) {
      if (r === c) continue
      const factor = m[r][c] / m[c][c]
      for (let k = c; k <= m.length; k++) m[r][k] -= factor * m[c][k]
    }
  }
  return m.map((row, i) => row[m.length] / row[i])
}
