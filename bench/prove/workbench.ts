/** What the workbench does for a researcher beside training: one line a point. */
import { trialsToFind } from "../planted-search.js"
import type { Claim, Figure, Finding } from "./claim.js"
import { atLeast, atMost } from "./figure.js"
import { pluggedRun } from "./plugged-run.js"
import { firstExperimentClaim } from "./workbench/first-experiment.js"
import { kerasClaim, onnxClaim } from "./workbench/interchange.js"
import { uiClaims } from "./workbench/ui.js"

const WANTED = 0.985
const MOST = 150

/** Trials that TPE and random draws need to find a planted best place, seed by seed.
 *  @param seeds from 1, each with a place of its own */
export function plantedFigures(seeds: number): Figure[] {
  const all = Array.from({ length: seeds }, (_, i) => i + 1)
  const random = all.map((seed) => trialsToFind("random", seed, WANTED, MOST))
  const tpe = all.map((seed) => trialsToFind("tpe", seed, WANTED, MOST))
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  const fewer = tpe.filter((trials, i) => trials < (random[i] ?? 0)).length
  const more = tpe.filter((trials, i) => trials > (random[i] ?? 0)).length
  return [
    { name: "random draws, median", value: median(random), unit: "trials", note: `stopped at ${MOST}` },
    atMost("TPE, median", median(tpe), median(random) / 2, "trials", `${seeds} seeds`),
    atLeast("seeds on which TPE needs fewer", fewer, Math.ceil(0.75 * seeds), `of ${seeds}`, `more on ${more}`),
    atMost("sign test of the pairs that differ, one-sided p", signTest(fewer, more), 0.01),
  ]
}

/** Probability of at least `wins` of `wins + losses` fair coins. */
function signTest(wins: number, losses: number): number {
  const n = wins + losses
  let [term, sum] = [0.5 ** n, 0]
  for (let k = 0; k <= n; k++) {
    if (k >= wins) sum += term
    term *= (n - k) / (k + 1)
  }
  return sum
}

export const claims: readonly Claim<Figure | Finding>[] = [
  {
    title: "Search: TPE finds a planted optimum in fewer trials than random draws, paired over 20 seeds",
    measure: async () => plantedFigures(20),
  },
  { title: "A plug-in: the example is checked, trained in workers and reported", measure: pluggedRun },
  firstExperimentClaim,
  kerasClaim,
  onnxClaim,
  ...uiClaims,
]
