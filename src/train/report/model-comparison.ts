import { contentId } from "@sourceprint/core/canonical-json.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { PairedDifference } from "@sourceprint/core/metrics/paired-bootstrap.js"
import type { Cell, Column } from "@sourceprint/report/blocks/table.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import type { Configuration } from "../plan.js"
import type { ConfigurationSummary } from "../run-summary.js"
import { flatSettings } from "./flat-settings.js"
import { isUnsafe, jobsOf, type LoadedRun, rankedConfigurations } from "./load-run.js"

/** A figure with its interval, or alone where a run before 0.3.0 stored one without width. */
export const intervalCell = ({ value, interval: { low, high } }: Pick<BootstrapResult, "value" | "interval">): Cell =>
  low === high ? value : { value, low, high }

/** A rate of decisions with its interval and counts. */
export const rateCell = ({ rate, errors, trials, interval: { low, high } }: CountedRate): Cell => ({
  value: rate,
  low,
  high,
  n: `${errors} of ${trials}`,
})

/** Every model with its figures, cost and the settings in which they differ; then the differences to the winner. */
export function comparisonSection(run: LoadedRun): Section {
  const ranked = rankedConfigurations(run)
  const settings = ranked.map(({ configuration }) =>
    flatSettings({
      model: { id: configuration.model.id, ...configuration.model.settings },
      view: configuration.view,
      augment: configuration.augment,
      training: configuration.training,
      split: configuration.split,
    }),
  )
  const named = ranked.every(({ configuration, summary }) => summary.label.startsWith(configuration.model.id))
  const keys = [...new Set(settings.flatMap((flat) => Object.keys(flat)))].filter(
    (key) => !(named && key === "model.id"),
  )
  const differs = (key: string): boolean => settings.some((flat) => flat[key] !== settings[0]?.[key])
  const settingColumn = (key: string): Column => ({ key: `set.${key}`, label: key })
  // What tells the models apart stands beside their names; a wide table would cut it off at its other end.
  const columns: Column[] = [
    { key: "label", label: "Model", always: true },
    ...keys.filter(differs).map(settingColumn),
    {
      key: "ba",
      label: "Balanced accuracy",
      unit: "rate",
      better: "higher",
      always: true,
      hint: "mean over the targets, at the dev thresholds, with 95 % interval",
    },
    {
      key: "eer",
      label: "Pooled EER",
      unit: "rate",
      better: "lower",
      always: true,
      hint: "equal error rate of all eval scores in one, interpolated",
    },
    { key: "auc", label: "AUC", unit: "score", better: "higher", hint: "area under the ROC" },
    {
      key: "fmr",
      label: "FMR",
      unit: "rate",
      better: "lower",
      hint: "false match rate at the dev threshold",
    },
    {
      key: "fnmr",
      label: "FNMR",
      unit: "rate",
      better: "lower",
      hint: "false non-match rate at the dev threshold",
    },
    {
      key: "brier",
      label: "Brier",
      unit: "score",
      better: "lower",
      hint: "mean squared error of the probability",
    },
    { key: "ece", label: "ECE", unit: "rate", better: "lower", hint: "expected calibration error, 10 bins" },
    {
      key: "seeds",
      label: "Spread over seeds",
      unit: "points",
      hint: "standard deviation of the balanced accuracy, percentage points",
    },
    { key: "parameters", label: "Parameters", unit: "count", better: "lower" },
    { key: "cells", label: "Trained", unit: "count", hint: "models trained: targets × folds × seeds" },
    ...keys.filter((key) => !differs(key)).map(settingColumn),
  ]
  const rows = ranked.map(({ configuration, summary }, k) => ({
    ...figures(summary, isUnsafe(configuration)),
    ...Object.fromEntries(keys.map((key) => [`set.${key}`, settings[k]?.[key] ?? null])),
  }))
  return {
    kind: "section",
    title: "Models compared",
    lead:
      "Figures on eval. Thresholds were chosen on dev, for each target and fold on its own. A click on a " +
      "heading sorts.",
    blocks: [{ kind: "table", title: "All models", columns, rows, marked: 0 }, ...differences(run), ...optimism(run)],
  }
}

function figures(summary: ConfigurationSummary, unsafe: boolean): Record<string, Cell> {
  const { pooled, seeds } = summary
  return {
    label: unsafe ? `${summary.label} (unsafe: split by image)` : summary.label,
    ba: intervalCell(pooled.balancedAccuracy),
    eer: intervalCell(pooled.eer),
    auc: intervalCell(pooled.auc),
    fmr: rateCell(pooled.fmr),
    fnmr: rateCell(pooled.fnmr),
    brier: pooled.brier,
    ece: pooled.ece,
    seeds: seeds === undefined ? null : Number((seeds.deviation * 100).toFixed(3)),
    parameters: summary.parameterCount,
    cells: summary.cells,
  }
}

function differences({ metrics }: LoadedRun): Block[] {
  const count = metrics.comparisons.length
  if (count === 0) return []
  const comparisons =
    count === 1 ? "One comparison" : `${count} comparisons; the p values are not corrected for their number`
  const label = (id: string): string => metrics.arms.find(({ arm: configuration }) => configuration === id)?.label ?? id
  const p = (value: number): string => (value < 0.001 ? "< 0.001" : value.toFixed(3))
  return [
    {
      kind: "table",
      title: `${label(metrics.winner.arm)} against the others`,
      columns: [
        { key: "other", label: "Other model", always: true },
        { key: "ba", label: "Balanced accuracy, difference", unit: "points", always: true },
        { key: "baP", label: "p", always: true },
        { key: "eer", label: "Pooled EER, difference", unit: "points", always: true },
        { key: "eerP", label: "p", always: true },
      ],
      rows: metrics.comparisons.map(({ second, balancedAccuracy, eer }) => ({
        other: label(second),
        ba: inPoints(balancedAccuracy),
        baP: p(balancedAccuracy.pValue),
        eer: inPoints(eer),
        eerP: p(eer.pValue),
      })),
      note:
        "Below each difference its 95 % interval. Paired bootstrap: the same fingers are drawn for both " +
        `models. ${comparisons}.`,
    },
  ]
}

/** A difference of rates in percentage points, with its interval. */
function inPoints({ difference, interval }: PairedDifference): Cell {
  const points = (rate: number): number => Number((rate * 100).toFixed(2))
  return { value: points(difference), low: points(interval.low), high: points(interval.high) }
}

/** Where the same model was trained on an honest split and on the unsafe one: by how much the second flatters. */
function optimism(run: LoadedRun): Block[] {
  const ranked = rankedConfigurations(run)
  const sameBut = ({ model, view, augment, training }: Configuration): string =>
    contentId([model, view, augment, training])
  const rows = ranked.flatMap(({ configuration: unsafe, summary: flattered }) => {
    if (!isUnsafe(unsafe)) return []
    return ranked
      .filter(({ configuration }) => !isUnsafe(configuration) && sameBut(configuration) === sameBut(unsafe))
      .map(({ configuration, summary }) => ({
        model: configuration.model.id,
        split: `by ${configuration.split.by}`,
        honest: intervalCell(summary.pooled.balancedAccuracy),
        flattered: intervalCell(flattered.pooled.balancedAccuracy),
        gap: Number(
          ((flattered.pooled.balancedAccuracy.value - summary.pooled.balancedAccuracy.value) * 100).toFixed(2),
        ),
        honestEer: intervalCell(summary.pooled.eer),
        flatteredEer: intervalCell(flattered.pooled.eer),
      }))
  })
  if (rows.length === 0) return []
  return [
    {
      kind: "table",
      title: "How much the split by image flatters",
      columns: [
        { key: "model", label: "Model", always: true },
        { key: "split", label: "Honest split" },
        { key: "honest", label: "Balanced accuracy, honest", unit: "rate", always: true },
        { key: "flattered", label: "Balanced accuracy, by image", unit: "rate", always: true },
        { key: "gap", label: "Difference", unit: "points", always: true },
        { key: "honestEer", label: "Pooled EER, honest", unit: "rate", always: true },
        { key: "flatteredEer", label: "Pooled EER, by image", unit: "rate", always: true },
      ],
      rows,
      note: "The same model, view and training; only the split differs. The figures by image are not to be trusted.",
    },
  ]
}

/** Cost of each model, from the marks of its finished jobs. */
export function costSection(run: LoadedRun): Section {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    kind: "section",
    title: "Cost",
    blocks: [
      {
        kind: "table",
        title: "What each model takes",
        columns: [
          { key: "label", label: "Model", always: true },
          { key: "parameters", label: "Parameters", unit: "count", better: "lower", always: true },
          { key: "bytes", label: "File size", unit: "bytes", better: "lower", always: true },
          { key: "ms", label: "Time an image", unit: "ms", better: "lower", always: true },
          {
            key: "train",
            label: "Training",
            hint: "CPU time of one trained model, mean",
            unit: "s",
            better: "lower",
            always: true,
          },
          { key: "memory", label: "Peak memory", unit: "MB", better: "lower", always: true },
          { key: "epochs", label: "Best epoch", unit: "none", hint: "epoch of the kept weights, mean" },
        ],
        rows: rankedConfigurations(run).map(({ summary }) => {
          const jobs = jobsOf(run, summary.arm)
          return {
            label: summary.label,
            parameters: summary.parameterCount,
            bytes: mean(jobs.map(({ done }) => done.modelBytes)),
            ms: mean(jobs.map(({ done }) => done.msPerImage)),
            train: mean(jobs.map(({ done }) => done.cpuSeconds)),
            memory: Math.max(...jobs.map(({ done }) => done.peakMemoryMb)),
            epochs: mean(jobs.map(({ metrics }) => metrics.bestEpoch)),
          }
        }),
        note:
          "Means over the trained models (peak memory: the largest). Time an image is from pixels in memory " +
          `to probability, all patches, one thread of the engine ${run.environment.engine.name} on ` +
          `${run.environment.cpu}.`,
      },
    ],
  }
}
