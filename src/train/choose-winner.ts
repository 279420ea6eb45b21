import { defined } from "@sourceprint/core/defined.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { differenceOf } from "@sourceprint/core/metrics/paired-bootstrap.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { WinnerConfig } from "./experiment-config.js"
import { type FiveStatistics, type JobResult, judgedSets, rowsOf } from "./judged-rows.js"
import type { Configuration } from "./plan.js"

export interface Winner {
  readonly arm: string
  readonly label: string
  /** The rule in words. */
  readonly rule: string
  /** Labels of the configurations that the rule holds equal to the best. */
  readonly tied: readonly string[]
}

interface Candidate {
  readonly configuration: Configuration
  readonly parameterCount: number
  readonly statistics: FiveStatistics
  readonly design: { readonly groups: readonly string[]; readonly strata: readonly string[] }
  /** Names the dev images. */
  readonly key: string
  /** Higher is better, most important first. */
  readonly figures: readonly number[]
}

const STATISTIC = {
  "mean-balanced-accuracy": "balancedAccuracy",
  "pooled-eer": "eer",
  "pooled-auc": "auc",
} as const

/** Chooses on dev, so that the winner's figures on eval stay what they are: figures of something chosen elsewhere.
 *  Equal figures are told apart by the pooled EER, then the Brier score, then the number of parameters. A split by
 *  image flatters, so such a configuration wins only among its like. */
export function chooseWinner(
  configurations: readonly Configuration[],
  jobs: readonly JobResult[],
  { by, tieLevel }: WinnerConfig,
): Winner {
  const honest = configurations.filter(({ split }) => split.by !== "unsafe-by-image")
  const ranked = (honest.length > 0 ? honest : configurations)
    .map((configuration) => candidateOf(configuration, jobs, by))
    .sort((a, b) => inOrder(a.figures, b.figures) || a.parameterCount - b.parameterCount)
  const best = defined(ranked[0], "configuration")
  const tied = ranked.filter((other) => other === best || (tieLevel > 0 && isTied(best, other, by, tieLevel)))
  const [winner = best] = tieLevel > 0 ? tied.toSorted((a, b) => a.parameterCount - b.parameterCount) : []
  const among =
    tieLevel > 0 ? `; of those that the paired bootstrap cannot tell from the best (p >= ${tieLevel}) the smallest` : ""
  return {
    arm: winner.configuration.id,
    label: winner.configuration.label,
    rule: `best ${by.replaceAll("-", " ")} on dev${among}`,
    tied: tied.filter((other) => other !== winner).map(({ configuration }) => configuration.label),
  }
}

/** The figure on dev that a rule judges by, higher is better: what a search goes by. */
export const devFigure = (
  configuration: Configuration,
  jobs: readonly JobResult[],
  { by }: Pick<WinnerConfig, "by">,
): number => defined(candidateOf(configuration, jobs, by).figures[0])

const inOrder = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((figure, i) => figure !== b[i])
  return (b[at] ?? 0) - (a[at] ?? 0)
}

function candidateOf(configuration: Configuration, jobs: readonly JobResult[], by: WinnerConfig["by"]): Candidate {
  const rows = rowsOf(
    configuration,
    jobs.filter(({ metrics }) => metrics.arm === configuration.id),
    "dev",
  )
  const { statistics } = judgedSets(rows).pooled
  const ones = new Float64Array(rows.groups.length).fill(1)
  const brier =
    rows.scores.reduce((sum, score, i) => sum + (score - defined(rows.isGenuine[i])) ** 2, 0) / rows.scores.length
  const value = statistics[STATISTIC[by]](ones)
  return {
    configuration,
    parameterCount: Math.max(...rows.jobs.map(({ metrics }) => metrics.model.parameterCount)),
    statistics,
    design: { groups: rows.groups, strata: rows.strata },
    key: rows.key,
    figures: [by === "pooled-eer" ? -value : value, -statistics.eer(ones), -brier],
  }
}

function isTied(best: Candidate, other: Candidate, by: WinnerConfig["by"], level: number): boolean {
  if (best.key !== other.key) return false
  const name = STATISTIC[by]
  const [own, theirs] = [best.statistics[name], other.statistics[name]]
  const [x, y] = bootstrapReplicates(best.design, [own, theirs], new Rng("winner"))
  const ones = new Float64Array(best.design.groups.length).fill(1)
  return differenceOf(own(ones) - theirs(ones), defined(x), defined(y)).pValue >= level
}
