import { defined } from "@sourceprint/core/defined.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { differenceOf, type PairedDifference } from "@sourceprint/core/metrics/paired-bootstrap.js"
import type { WeightedStatistic } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import { judgedSets, rowsOf } from "./judged-rows.js"
import { jobsOf, type LoadedRun } from "./report/load-run.js"

/** Figures on eval of the first run's chosen model minus those of the second's, on the same draws of fingers. */
export interface RunDifference {
  readonly balancedAccuracy: PairedDifference
  readonly eer: PairedDifference
  readonly auc: PairedDifference
}

const FIGURES = ["balancedAccuracy", "eer", "auc"] as const

/** Compares the models that two runs chose, image by image.
 *  @returns undefined where they were not judged on the same images for the same tasks: their figures do not compare */
export function compareRuns(first: LoadedRun, second: LoadedRun): RunDifference | undefined {
  const [a, b] = [chosenRows(first), chosenRows(second)]
  if (first.environment.datasetHash !== second.environment.datasetHash || a.key !== b.key) return undefined
  const [own, theirs] = [judgedSets(a).pooled.statistics, judgedSets(b).pooled.statistics]
  const statistics = FIGURES.flatMap((name) => [own[name], theirs[name]])
  const replicates = bootstrapReplicates({ groups: a.groups, strata: a.strata }, statistics, new Rng("compare runs"))
  const once = new Float64Array(a.groups.length).fill(1)
  const difference = (name: (typeof FIGURES)[number]): PairedDifference => {
    const value = (statistic: WeightedStatistic): number => statistic(once)
    const at = 2 * FIGURES.indexOf(name)
    return differenceOf(value(own[name]) - value(theirs[name]), defined(replicates[at]), defined(replicates[at + 1]))
  }
  return { balancedAccuracy: difference("balancedAccuracy"), eer: difference("eer"), auc: difference("auc") }
}

function chosenRows(run: LoadedRun) {
  const { arm } = run.metrics.winner
  const configuration = defined(
    run.plan.arms.find(({ id }) => id === arm),
    "chosen model",
  )
  return rowsOf(configuration, jobsOf(run, arm), "eval")
}
