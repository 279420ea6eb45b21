import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { IndexEntry } from "@sourceprint/report/report-folder.js"
import type { IndexColumn, IndexValue } from "@sourceprint/report/run-index.js"
import type { ExperimentConfig } from "../experiment-config.js"
import type { IntervalFigures } from "../judged-rows.js"
import type { RunEnvironment } from "../run-record.js"
import type { RunMetrics } from "../run-summary.js"
import { flatSettings } from "./flat-settings.js"
import { verdictSentence } from "./verdict.js"

const ranged = ({ value, interval }: Pick<BootstrapResult, "value" | "interval">) => ({
  value,
  low: interval.low,
  high: interval.high,
})

/** Figures on eval with their intervals, by the keys of the index. */
export const rangedFigures = ({ balancedAccuracy, eer, auc, fmr, fnmr }: IntervalFigures) => ({
  ba: ranged(balancedAccuracy),
  eer: ranged(eer),
  auc: ranged(auc),
  fmr: ranged({ ...fmr, value: fmr.rate }),
  fnmr: ranged({ ...fnmr, value: fnmr.rate }),
})

/** What the index says of a run. `metrics` is absent while the run is not finished. */
export function experimentEntry(run: {
  readonly name: string
  readonly config: ExperimentConfig
  readonly environment: RunEnvironment
  readonly metrics?: RunMetrics | undefined
  readonly flags?: readonly string[]
}): IndexEntry {
  const { name, config, environment, metrics } = run
  const { models, run: _, ...rest } = config
  const settings = flatSettings({
    ...rest,
    models: models.map(({ label, id }) => label ?? id),
    model: models.length === 1 ? models[0] : undefined,
  })
  const winner = metrics?.arms.find(({ arm: configuration }) => configuration === metrics.winner.arm)
  const results: Record<string, IndexValue> =
    metrics === undefined || winner === undefined
      ? {}
      : {
          winner: winner.label,
          ...rangedFigures(winner.pooled),
          parameters: winner.parameterCount,
          arms: metrics.arms.length,
        }
  const flags = [
    ...(run.flags ?? []),
    ...(JSON.stringify([config.split, config.sweep]).includes("unsafe-by-image") ? ["split by image"] : []),
  ]
  return {
    run: {
      id: name,
      kind: "experiment",
      title: config.question,
      verdict: metrics === undefined ? "" : verdictSentence(metrics, config),
      createdAt: environment.createdAt,
      ...(flags.length === 0 ? {} : { flags }),
      values: {
        ...results,
        ...settings,
        engine: environment.engine.name,
        data: environment.datasetHash.slice(0, 12),
      },
    },
    columns: [
      ...RESULTS,
      ...Object.keys(settings).map(
        (key): IndexColumn => ({
          key,
          label: key,
          group: "setting",
          ...(/^(split|tasks)\b/.test(key) ? { namesData: true } : {}),
        }),
      ),
      ...PLACES,
    ],
  }
}

const RESULTS: readonly IndexColumn[] = [
  { key: "winner", label: "Chosen on dev", group: "result", listed: true },
  { key: "ba", label: "Balanced accuracy", group: "result", unit: "rate", better: "higher", listed: true },
  { key: "eer", label: "Pooled EER", group: "result", unit: "rate", better: "lower", listed: true },
  { key: "auc", label: "AUC", group: "result", unit: "score", better: "higher" },
  { key: "fmr", label: "FMR at the dev threshold", group: "result", unit: "rate", better: "lower" },
  { key: "fnmr", label: "FNMR at the dev threshold", group: "result", unit: "rate", better: "lower" },
  { key: "parameters", label: "Parameters of the chosen model", group: "result", unit: "count" },
  { key: "arms", label: "Models compared", group: "result", unit: "count" },
]
const PLACES: readonly IndexColumn[] = [
  { key: "engine", label: "engine", group: "setting" },
  { key: "data", label: "data hash", group: "setting", namesData: true },
]
