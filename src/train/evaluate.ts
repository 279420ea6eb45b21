import { defined } from "@sourceprint/core/defined.js"
import { areaUnderRoc } from "@sourceprint/core/metrics/area-under-roc.js"
import { brierScore } from "@sourceprint/core/metrics/brier.js"
import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { balancedAccuracy, errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { rateInterval } from "@sourceprint/core/metrics/rate-interval.js"
import { type ChosenThreshold, chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import { weightedDecisionRates } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { DecisionConfig } from "./experiment-config.js"
import { strataOf } from "./judged-rows.js"
import type { JobScore, SetFigures, Side } from "./run-record.js"

/** Scores of target images (genuine) and of the others (impostor) on one side. */
function scoreSets(scores: readonly JobScore[], side: Side) {
  const rows = scores.filter((row) => row.side === side)
  const of = (label: 0 | 1): Float64Array =>
    Float64Array.from(rows.filter((row) => row.label === label).map(({ score }) => score))
  return { rows, genuine: of(1), impostor: of(0) }
}

/** Figures of one set at one threshold, with intervals over fingers. */
function figuresAt(threshold: number, { rows, genuine, impostor }: ReturnType<typeof scoreSets>): SetFigures {
  const rates = errorRatesAt(threshold, genuine, impostor)
  const curve = errorCurve(genuine, impostor)
  const { fmr, fnmr } = weightedDecisionRates(
    Uint8Array.from(rows, ({ score }) => (score >= threshold ? 1 : 0)),
    Uint8Array.from(rows, ({ label }) => label),
  )
  const design = { groups: rows.map(({ group }) => group), strata: strataOf(rows) }
  const drawn = bootstrapReplicates(design, [fmr, fnmr], new Rng("job figures"))
  const counted = (errors: number, trials: number, label: 0 | 1) => {
    const fingers = new Set(rows.filter((row) => row.label === label).map(({ group }) => group)).size
    return countedRate(errors, trials, rateInterval(errors / trials, defined(drawn[label]), fingers).interval)
  }
  return {
    balancedAccuracy: balancedAccuracy(rates),
    fmr: counted(rates.falseMatches, rates.impostorCount, 0),
    fnmr: counted(rates.falseNonMatches, rates.genuineCount, 1),
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
    dev: figuresAt(threshold.threshold, dev),
    eval: figuresAt(threshold.threshold, evaluation),
  }
}
