import { frequency, likelihood } from "./parameters.js"
import type { PrintSigns } from "./print-signs.js"
import { printWeights } from "./print-weights.js"
import type { LinearScore } from "./score-weights.js"

/** Order and meaning belong to `printWeights`. */
export const signNames = [
  "purity",
  "reliability",
  "coherence",
  "area",
  "share",
  "density",
  "turning",
  "even period",
  "usual period",
] as const

/** The signs as a logistic regression takes them, each oriented so that more speaks for a print. */
export function signValues(signs: PrintSigns): number[] {
  return [
    signs.purity,
    signs.reliability,
    signs.coherence,
    // no finger has more ridges than `maxPeriods`
    Math.log(1 + signs.areaPeriods) - 20 * Math.max(0, Math.log(signs.areaPeriods / likelihood.maxPeriods)),
    signs.share,
    // prints have some 0.7 to 5 minutiae in 100 square periods; drawn lines have none, noise has more
    -Math.abs(Math.log((signs.density + 0.05) / 2)),
    -Math.abs(Math.log((signs.turning + 0.01) / 0.5)),
    -signs.periodSpread,
    -(Math.log(signs.periodPx / frequency.typicalPx) ** 2),
  ]
}

/** Natural logarithm of the odds that the picture is a fingerprint and not a face, a page, a texture or noise, where
 *  both were equally likely before. */
export function printLogOdds(signs: PrintSigns, { bias, weights }: LinearScore = printWeights): number {
  // a weave or tiles: no finger has its ridges so evenly apart
  const tooEven = Math.max(0, Math.log(likelihood.leastPeriodSpread / (signs.periodSpread + 0.001)))
  return signValues(signs).reduce((sum, value, k) => sum + value * (weights[k] ?? 0), bias - 6 * tooEven)
}
