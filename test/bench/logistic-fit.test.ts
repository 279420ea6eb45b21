import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { fitLogistic, logOdds } from "../../bench/head-turn/logistic-fit.js"

test("the fit is where the penalised likelihood is highest", () => {
  const rng = new Rng("logistic")
  const x = Array.from({ length: 80 }, () => [rng.normal(), 3 * rng.normal() + 1, rng.between(0, 5)])
  const y = x.map(([a, b, c]) => (a - 0.4 * b + 0.3 * c + rng.normal() > 0 ? 1 : 0))
  const w = x.map(() => rng.between(0.5, 2))
  const penalty = 2
  const fit = fitLogistic(x, y, w, penalty)
  const total = w.reduce((sum, value) => sum + value, 0)
  const spreads = [0, 1, 2].map((j) => {
    const mean = x.reduce((sum, row, i) => sum + (w[i] * row[j]) / total, 0)
    return Math.sqrt(x.reduce((sum, row, i) => sum + (w[i] * (row[j] - mean) ** 2) / total, 0))
  })
  const merit = (offset: number, weights: readonly number[]): number =>
    x.reduce((sum, row, i) => {
      const odds = logOdds({ offset, weights }, row)
      return sum - w[i] * Math.log(1 + Math.exp(y[i] === 1 ? -odds : odds))
    }, 0) -
    (penalty / 2) * weights.reduce((sum, value, j) => sum + (value * spreads[j]) ** 2, 0)
  const best = merit(fit.offset, fit.weights)
  for (let i = 0; i < 200; i++) {
    const other = fit.weights.map((value) => value + 0.02 * rng.normal())
    assert.ok(merit(fit.offset + 0.02 * rng.normal(), other) < best)
  }
})
