/** Keeps separable classes finite. */
const RIDGE = 1e-3
const STEPS = 50

/** Solves the small symmetric positive definite system in place (Gauss, no pivots needed). */
function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i][k] / matrix[k][k]
      for (let j = k; j < n; j++) matrix[i][j] -= factor * matrix[k][j]
      right[i] -= factor * right[k]
    }
  }
  const x = new Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    let sum = right[i]
    for (let j = i + 1; j < n; j++) sum -= matrix[i][j] * x[j]
    x[i] = sum / matrix[i][i]
  }
  return x
}

/** Weights of log-odds = w · x + bias (bias last) by damped Newton steps. Both classes weigh the same in sum.
 *  @param features rows of equal length  @param labels 1 or 0 a row  @throws RangeError when a class is missing */
export function logisticRegression(features: readonly (readonly number[])[], labels: Uint8Array): number[] {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const negatives = labels.length - positives
  if (positives === 0 || negatives === 0) throw new RangeError("a class has no example")
  const n = (features[0]?.length ?? 0) + 1
  const rows = features.map((row) => [...row, 1])
  const loss = (weights: readonly number[]): number =>
    rows.reduce(
      (sum, row, i) => {
        const z = row.reduce((dot, x, j) => dot + x * weights[j], 0)
        const margin = labels[i] === 1 ? z : -z
        const weight = 0.5 / (labels[i] === 1 ? positives : negatives)
        return sum + weight * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin)
      },
      (RIDGE / 2) * weights.reduce((sum, w) => sum + w * w, 0),
    )
  let weights = new Array<number>(n).fill(0)
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((w) => RIDGE * w)
    const hessian = gradient.map((_, i) => gradient.map((_, j) => (i === j ? RIDGE : 0)))
    rows.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-row.reduce((dot, x, j) => dot + x * weights[j], 0)))
      const weight = 0.5 / (labels[i] === 1 ? positives : negatives)
      for (let a = 0; a < n; a++) {
        gradient[a] += weight * (p - labels[i]) * row[a]
        for (let b = 0; b < n; b++) hessian[a][b] += weight * p * (1 - p) * row[a] * row[b]
      }
    })
    const move = solve(hessian, [...gradient])
    const before = loss(weights)
    let damping = 1
    let next = weights.map((w, i) => w - move[i])
    while (loss(next) > before && damping > 1e-6) {
      damping /= 2
      next = weights.map((w, i) => w - damping * move[i])
    }
    const shift = Math.max(...next.map((w, i) => Math.abs(w - weights[i])))
    weights = next
    if (shift < 1e-9) break
  }
  return weights
}
