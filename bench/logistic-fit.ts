/** Logistic regressions of the benches: what the matcher's weights are made with. */
export interface Linear {
  readonly bias: number
  readonly weights: readonly number[]
}

export const linearValue = (model: Linear, x: readonly number[]): number =>
  x.reduce((sum, value, k) => sum + value * model.weights[k], model.bias)

/** Five digits are enough. */
export const rounded = ({ bias, weights }: Linear): Linear => {
  const round = (value: number): number => Number(value.toPrecision(5))
  return { bias: round(bias), weights: weights.map(round) }
}

/** A sample: its values, its class, and how much it counts within its class. */
export interface Sample {
  readonly x: readonly number[]
  readonly positive: boolean
  readonly weight: number
}

/** Every group of a class counts alike, and both classes do. */
export function balanced(samples: readonly { x: readonly number[]; positive: boolean; group: string }[]): Sample[] {
  const keyOf = (s: { positive: boolean; group: string }): string => `${s.positive} ${s.group}`
  const sizes = new Map<string, number>()
  for (const s of samples) sizes.set(keyOf(s), (sizes.get(keyOf(s)) ?? 0) + 1)
  const groups = (positive: boolean): number => [...sizes.keys()].filter((key) => key.startsWith(`${positive} `)).length
  return samples.map(({ x, positive, group }) => ({
    x,
    positive,
    weight: samples.length / 2 / groups(positive) / (sizes.get(keyOf({ positive, group })) ?? 1),
  }))
}

/** Ridge-regularised logistic regression on standardised values whose weights may not be negative: values with a
 *  negative weight are left out one at a time, the most negative first. */
export function fitSigned(samples: readonly Sample[], allowed: (column: number) => boolean = () => true): Linear {
  const width = samples[0].x.length
  const mean = Array.from({ length: width }, (_, k) => samples.reduce((sum, s) => sum + s.x[k], 0) / samples.length)
  const spread = mean.map(
    (m, k) => Math.sqrt(samples.reduce((sum, s) => sum + (s.x[k] - m) ** 2, 0) / samples.length) || 1,
  )
  let used = mean.map((_, k) => k).filter(allowed)
  for (;;) {
    const columns = used
    const w = newton(
      samples.map((s) => ({ ...s, x: [1, ...columns.map((k) => (s.x[k] - mean[k]) / spread[k])] })),
      2,
    )
    const lowest = w.slice(1).reduce((best, value, k, all) => (value < all[best] ? k : best), 0)
    if (w[lowest + 1] < 0) {
      used = used.filter((_, k) => k !== lowest)
      continue
    }
    const weights = new Array<number>(width).fill(0)
    let bias = w[0]
    for (const [j, k] of used.entries()) {
      weights[k] = w[j + 1] / spread[k]
      bias -= weights[k] * mean[k]
    }
    return { bias, weights }
  }
}

/** Weights that minimise the logistic loss plus penalty/2 × their squares (the first, the bias, is free). */
function newton(samples: readonly Sample[], penalty: number): number[] {
  const width = samples[0].x.length
  let w = new Array<number>(width).fill(0)
  for (let step = 0; step < 40; step++) {
    const gradient = w.map((value, k) => (k === 0 ? 0 : penalty * value))
    const hessian = w.map((_, i) => w.map((_, j) => (i === j ? (i === 0 ? 1e-6 : penalty) : 0)))
    for (const { x, positive, weight } of samples) {
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, k) => sum + value * w[k], 0)))
      const error = weight * (p - (positive ? 1 : 0))
      const curve = weight * p * (1 - p) + 1e-9
      for (let k = 0; k < width; k++) {
        gradient[k] += error * x[k]
        for (let j = 0; j < width; j++) hessian[k][j] += curve * x[k] * x[j]
      }
    }
    const change = solve(hessian, gradient)
    const longest = Math.max(...change.map(Math.abs))
    // a step this long overshoots where the classes hardly overlap
    const damp = Math.min(1, 4 / longest)
    w = w.map((value, k) => value - damp * change[k])
    if (longest < 1e-7) break
  }
  return w
}

/** Gauss-Jordan elimination with row pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]])
  const n = right.length
  for (let i = 0; i < n; i++) {
    let pivot = i
    for (let j = i + 1; j < n; j++) if (Math.abs(rows[j][i]) > Math.abs(rows[pivot][i])) pivot = j
    ;[rows[i], rows[pivot]] = [rows[pivot], rows[i]]
    for (let j = 0; j < n; j++) {
      if (j === i) continue
      const factor = rows[j][i] / rows[i][i]
      for (let k = i; k <= n; k++) rows[j][k] -= factor * rows[i][k]
    }
  }
  return rows.map((row, i) => row[n] / row[i])
}
