import { areaUnderRoc } from "@sourceprint/core/metrics/area-under-roc.js"
import { brierScore } from "@sourceprint/core/metrics/brier.js"
import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { balancedAccuracy, errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { type ChosenThreshold, chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import type { DecisionConfig } from "./experiment-config.js"
import type { JobScore, SetFigures, Side } from "./run-record.js"

/** Scores of target images (genuine) and of the others (impostor) on one side. */
function scoreSets(scores: readonly JobScore[], side: Side) {
  const of = (label: 0 | 1): Float64Array =>
    Float64Array.from(scores.filter((row) => row.side === side && row.label === label).map(({ score }) => score))
  return { genuine: of(1), impostor: of(0) }
}

/** Figures of one set at one threshold. Intervals are Wilson's: impressions of a finger are not independent, so the
 *  run's summary draws fingers again instead. */
function figuresAt(threshold: number, genuine: Float64Array, impostor: Float64Array): SetFigures {
  const rates = errorRatesAt(threshold, genuine, impostor)
  const curve = errorCurve(genuine, impostor)
  return {
    balancedAccuracy: balancedAccuracy(rates),
    fmr: countedRate(rates.falseMatches, rates.impostorCount),
    fnmr: countedRate(rates.falseNonMatches, rates.genuineCount),
    eer: equalErrorRate(curve),
    auc: areaUnderRoc(curve),
    brier: brierScore(genuine, impostor),
    ece: reliability(genuine, impostor).ece,
  }
}

/** The threshold comes from dev, the figures that count from eval. */
export function evaluateJob(
  scores: readonly JobScore[],
  decision: DecisionConfig,
  chosenOn: string,
): { threshold: ChosenThreshold; dev: SetFigures; eval: SetFigures } {
  const dev = scoreSets(scores, "dev")
  const evaluation = scoreSets(scores, "eval")
  const threshold = chooseThreshold(decision, dev.genuine, dev.impostor, chosenOn)
  return {
    threshold,
    dev: figuresAt(threshold.threshold, dev.genuine, dev.impostor),
    eval: figuresAt(threshold.threshold, evaluation.genuine, evaluation.impostor),
  }
}
