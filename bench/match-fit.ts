import { readFileSync } from "node:fs"
import { cllr } from "@sourceprint/core/metrics/cllr.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { featureNames, minutiaeOnlyFeatures } from "@sourceprint/match/fingerprint/minutiae/score.js"

/** One comparison of the tuning fingers, as `match-development` writes it. */
interface Row {
  readonly database: string
  readonly a: string
  readonly b: string
  readonly genuine: boolean
  readonly features?: readonly number[]
}

/** `npm run bench -- match-fit rows.json`: fits the score's logistic regression and prints it, with the error of a
 *  cross-validation that leaves one finger of every database out at a time. */
export function run([path = "/tmp/match-rows.json"]: readonly string[]): Promise<void> {
  const rows = (JSON.parse(readFileSync(path, "utf8")) as Row[]).filter((row) => row.features !== undefined)
  const x = rows.map((row) => row.features ?? [])
  const y = rows.map((row) => row.genuine)
  const print = ({ bias, weights }: Linear) => ({ bias: round(bias), weights: weights.map(round) })
  const full = print(fitSigned(x, y))
  const minutiaeOnly = print(fitSigned(x, y, (name) => minutiaeOnlyFeatures.includes(name)))
  console.log(JSON.stringify({ full, minutiaeOnly }))
  const fingers = [...new Set(rows.map((row) => row.a.slice(0, 3)))]
  const scores = new Float64Array(rows.length)
  for (const finger of fingers) {
    const inFold = (row: Row): boolean => row.a.startsWith(finger) || row.b.startsWith(finger)
    const kept = rows.flatMap((row, i) => (inFold(row) ? [] : [i]))
    const model = fitSigned(
      kept.map((i) => x[i]),
      kept.map((i) => y[i]),
    )
    for (const [i, row] of rows.entries()) {
      if (inFold(row)) scores[i] += linearValue(model, x[i]) / (row.genuine ? 1 : 2)
    }
  }
  const databases = [...new Set(rows.map((row) => row.database))]
  const rates = databases.map((database) =>
    rateOf(rows.flatMap((row, i) => (row.database === database ? [{ genuine: row.genuine, score: scores[i] }] : []))),
  )
  for (const [k, database] of databases.entries()) console.log(`${database}  ${(100 * rates[k]).toFixed(2)} %`)
  const of = (genuine: boolean): Float64Array => scores.filter((_, i) => rows[i].genuine === genuine)
  const loss = cllr(of(true), of(false))
  const mean = rates.reduce((a, b) => a + b, 0) / rates.length
  console.log(`cross-validated: Cllr ${loss.toFixed(4)} bits, mean EER ${(100 * mean).toFixed(2)} %`)
  return Promise.resolve()
}

interface Linear {
  readonly bias: number
  readonly weights: readonly number[]
}

const round = (value: number): number => Number(value.toPrecision(5))
const linearValue = (model: Linear, x: readonly number[]): number =>
  x.reduce((sum, value, k) => sum + value * model.weights[k], model.bias)

/** Ridge-regularised logistic regression on standardised features whose weights may not be negative: features with a
 *  negative weight are left out one at a time, the most negative first. */
function fitSigned(
  x: readonly (readonly number[])[],
  y: readonly boolean[],
  allowed: (name: string) => boolean = () => true,
): Linear {
  const width = x[0].length
  const mean = Array.from({ length: width }, (_, k) => x.reduce((sum, row) => sum + row[k], 0) / x.length)
  const spread = mean.map((m, k) => Math.sqrt(x.reduce((sum, row) => sum + (row[k] - m) ** 2, 0) / x.length) || 1)
  let used = mean.map((_, k) => k).filter((k) => allowed(featureNames[k]))
  for (;;) {
    const z = x.map((row) => [1, ...used.map((k) => (row[k] - mean[k]) / spread[k])])
    const w = newton(z, y)
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

const penalty = 2

/** Weights that minimise the balanced logistic loss plus penalty/2 × their squares (the first, the bias, is free). */
function newton(x: readonly (readonly number[])[], y: readonly boolean[]): number[] {
  const width = x[0].length
  const genuine = y.filter(Boolean).length
  const share = { genuine: y.length / 2 / genuine, impostor: y.length / 2 / (y.length - genuine) }
  let w = new Array<number>(width).fill(0)
  for (let step = 0; step < 30; step++) {
    const gradient = w.map((value, k) => (k === 0 ? 0 : penalty * value))
    const hessian = w.map((_, i) => w.map((_, j) => (i === j ? (i === 0 ? 1e-6 : penalty) : 0)))
    for (const [i, row] of x.entries()) {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, k) => sum + value * w[k], 0)))
      const weight = y[i] ? share.genuine : share.impostor
      const error = weight * (p - (y[i] ? 1 : 0))
      const curve = weight * p * (1 - p) + 1e-9
      for (let k = 0; k < width; k++) {
        gradient[k] += error * row[k]
        for (let j = 0; j < width; j++) hessian[k][j] += curve * row[k] * row[j]
      }
    }
    const change = solve(hessian, gradient)
    w = w.map((value, k) => value - change[k])
    if (Math.max(...change.map(Math.abs)) < 1e-7) break
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

/** Equal error rate in [0, 1] of labelled scores. */
export function rateOf(scored: readonly { readonly genuine: boolean; readonly score: number }[]): number {
  const of = (genuine: boolean): Float64Array =>
    Float64Array.from(scored.filter((s) => s.genuine === genuine).map((s) => s.score))
  return equalErrorRate(errorCurve(of(true), of(false)))
}
