import type { LinearScore } from "./score-weights.js"

/** Fitted by `npm run bench -- print-signs` (which names the prints and pictures), each kind weighing the same. */
export const printWeights: LinearScore = {
  bias: -18.461,
  weights: [2.1118, 1.1346, 22.15, 0.2653, 1.1843, 1.3563, 2.2745, 0, 10.709],
}
