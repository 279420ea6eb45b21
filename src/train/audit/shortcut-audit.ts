import { areaUnderRoc } from "@sourceprint/core/metrics/area-under-roc.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { balancedAccuracy, errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import { neighbourProbe } from "./neighbour-probe.js"
import { type ProbeId, type ProbeScope, type ProbeVectors, probeIds, probeScopes } from "./probe-features.js"

/** One image as the probes see it, with its answer in the task. */
export interface AuditedImage {
  readonly vectors: Readonly<Record<ProbeScope, ProbeVectors>>
  /** 1: the target scanner took it. */
  readonly label: 0 | 1
}

/** One probe on one task and fold, judged as the models are: threshold from dev, figures from eval. */
export interface ProbeFigures {
  readonly probe: ProbeId
  readonly scope: ProbeScope
  readonly task: string
  readonly fold: number
  readonly balancedAccuracy: number
  readonly fmr: CountedRate
  readonly fnmr: CountedRate
  readonly eer: number
  readonly auc: number
}

const scoresOf = (
  images: readonly AuditedImage[],
  label: 0 | 1,
  score: (image: AuditedImage) => number,
): Float64Array => Float64Array.from(images.filter((image) => image.label === label).map(score))

/** Trains every probe in both scopes on the split of one task and fold. @throws RangeError when a side lacks a class */
export function auditTask(
  task: { readonly id: string; readonly fold: number },
  split: {
    readonly train: readonly AuditedImage[]
    readonly dev: readonly AuditedImage[]
    readonly eval: readonly AuditedImage[]
  },
): ProbeFigures[] {
  return probeScopes.flatMap((scope) =>
    probeIds.map((probe): ProbeFigures => {
      const rowOf = ({ vectors }: AuditedImage): Float64Array => vectors[scope][probe]
      const answer = neighbourProbe(
        split.train.map(rowOf),
        split.train.map(({ label }) => label),
      )
      const score = (image: AuditedImage): number => answer(rowOf(image))
      const dev = [scoresOf(split.dev, 1, score), scoresOf(split.dev, 0, score)] as const
      const [genuine, impostor] = [scoresOf(split.eval, 1, score), scoresOf(split.eval, 0, score)]
      const { threshold } = chooseThreshold({ kind: "eer" }, ...dev, `dev of fold ${task.fold}`)
      const rates = errorRatesAt(threshold, genuine, impostor)
      const curve = errorCurve(genuine, impostor)
      return {
        probe,
        scope,
        task: task.id,
        fold: task.fold,
        balancedAccuracy: balancedAccuracy(rates),
        fmr: countedRate(rates.falseMatches, rates.impostorCount),
        fnmr: countedRate(rates.falseNonMatches, rates.genuineCount),
        eer: equalErrorRate(curve),
        auc: areaUnderRoc(curve),
      }
    }),
  )
}
