import type { ErrorRates } from "@sourceprint/core/metrics/error-rates.js"
import type { Gallery } from "@sourceprint/report/blocks/gallery.js"
import { detChart, rocChart } from "@sourceprint/report/charts/error-charts.js"
import { scoreHistogram } from "@sourceprint/report/charts/score-histogram.js"
import type { Block, ReportDocument } from "@sourceprint/report/document.js"
import { formatNumber, type Quantity } from "@sourceprint/report/quantity.js"
import type { BenchmarkConfig } from "./benchmark-config.js"
import type { SetScores } from "./score-file.js"
import type { SetMetrics } from "./set-metrics.js"

export type MeanEer = Quantity & { readonly low: number; readonly high: number }

export interface BenchmarkResults {
  readonly config: BenchmarkConfig
  /** Of the sets that have figures. */
  readonly scores: readonly SetScores[]
  readonly metrics: readonly SetMetrics[]
  readonly meanEers: ReadonlyMap<string, MeanEer>
  readonly galleries: readonly Gallery[]
  /** A line for each set and matcher where nothing was enrolled. */
  readonly withoutFigures: readonly string[]
  readonly environment: readonly (readonly [string, string])[]
}

const eerQuantity = (m: SetMetrics): Quantity => ({
  value: m.eer,
  unit: "rate",
  low: m.eerInterval.low,
  high: m.eerInterval.high,
})

/** One page: mean error of every matcher first, then each set, curves, identification, quality, cost, worst errors. */
export function benchmarkReport(results: BenchmarkResults): ReportDocument {
  const { config, metrics, meanEers } = results
  const sets = [...new Set(metrics.map((m) => m.set))]
  const ranked = [...meanEers].sort((a, b) => a[1].value - b[1].value)
  const first = config.matchers.find((matcher) => metrics.some((m) => m.matcher === matcher))
  const bestName = ranked[0]?.[0] ?? first
  const genuine = metrics.filter((m) => m.matcher === bestName).reduce((n, m) => n + m.curve.genuineCount, 0)
  const impostor = metrics.filter((m) => m.matcher === bestName).reduce((n, m) => n + m.curve.impostorCount, 0)
  return {
    title: "Whose finger is it: how often does each matcher err?",
    kicker: `Match benchmark · ${config.name}`,
    lead:
      `${config.matchers.join(", ")} on ${sets.length} sets, protocol ${config.protocol}: ` +
      `${formatNumber(genuine, "count")} genuine and ${formatNumber(impostor, "count")} impostor ` +
      "comparisons each. A failure to enrol scores 0 and counts in every rate.",
    index: "index.html",
    blocks: [
      ...ranked.slice(0, 1).map(verdict),
      ...results.withoutFigures.map(
        (line): Block => ({ kind: "banner", tone: "warning", title: "Nothing was enrolled", text: `${line}.` }),
      ),
      {
        kind: "cards",
        cards: ranked.map(([name, value]) => ({ label: `${name}, mean EER`, value })),
        intervals: "95 % intervals by finger-level bootstrap.",
      },
      {
        kind: "section",
        title: "Error rates by set",
        blocks: [eerTable(results, sets), pointTable(metrics), ...ranked.map(([name]) => decisions(name, metrics))],
      },
      { kind: "section", title: "Curves", blocks: sets.flatMap((set) => curvesOf(set, results)) },
      { kind: "section", title: "Identification and quality", blocks: identificationBlocks(metrics) },
      { kind: "section", title: "Cost", blocks: [costTable(metrics)] },
      {
        kind: "section",
        title: "Worst errors, and what the matcher saw",
        blocks:
          results.galleries.length > 0 ? results.galleries : [{ kind: "prose", paragraphs: ["None was asked for."] }],
      },
      {
        kind: "section",
        title: "How it was run",
        blocks: [{ kind: "facts", facts: [...results.environment, ["settings", JSON.stringify(config)]] }],
      },
    ],
  }
}

const verdict = ([name, eer]: readonly [string, MeanEer]): Block => ({
  kind: "banner",
  tone: "verdict",
  title: `${name}: mean EER ${formatNumber(eer.value, "rate")}`,
  text:
    `95 % interval ${formatNumber(eer.low, "rate")} to ${formatNumber(eer.high, "rate")}, by ` +
    "drawing the fingers of every set again.",
})

function eerTable({ config, metrics, meanEers }: BenchmarkResults, sets: readonly string[]): Block {
  const of = (matcher: string, set: string) => metrics.find((m) => m.matcher === matcher && m.set === set)
  const rows = sets.map((set) => {
    const jobs = config.matchers.map((matcher) => {
      const found = of(matcher, set)
      return [matcher, found === undefined ? null : eerQuantity(found)] as const
    })
    return { set, ...Object.fromEntries(jobs) }
  })
  rows.push({ set: "mean", ...Object.fromEntries(config.matchers.map((m) => [m, meanEers.get(m) ?? null])) })
  return {
    kind: "table",
    title: "Equal error rate",
    columns: [
      { key: "set", label: "Set", always: true },
      ...config.matchers.map((m) => ({ key: m, label: m, unit: "rate", always: true })),
    ],
    rows,
    marked: rows.length - 1,
  }
}

function pointTable(metrics: readonly SetMetrics[]): Block {
  return {
    kind: "table",
    title: "Operating points",
    columns: [
      { key: "matcher", label: "Matcher", always: true },
      { key: "set", label: "Set", always: true },
      { key: "fmr100", label: "FMR100", unit: "rate", better: "lower", hint: "FNMR at FMR 1 %" },
      { key: "fmr1000", label: "FMR1000", unit: "rate", better: "lower", hint: "FNMR at FMR 0.1 %" },
      {
        key: "zeroFmr",
        label: "ZeroFMR",
        unit: "rate",
        better: "lower",
        hint: "FNMR where no impostor is accepted",
      },
      {
        key: "cllr",
        label: "Cllr",
        unit: "score",
        better: "lower",
        hint: "bits, calibrated on these scores",
      },
      { key: "minCllr", label: "Min Cllr", unit: "score", better: "lower", hint: "bits, best calibration" },
      { key: "fte", label: "Failure to enrol", unit: "rate" },
      { key: "genuine", label: "Genuine", unit: "count" },
      { key: "impostor", label: "Impostor", unit: "count" },
    ],
    rows: metrics.map((m) => ({
      matcher: m.matcher,
      set: m.set,
      ...m.fvc,
      cllr: m.cllr.logistic,
      minCllr: m.cllr.min,
      fte: {
        value: m.failureToEnrol.rate,
        low: m.failureToEnrol.interval.low,
        high: m.failureToEnrol.interval.high,
        n: `${m.failureToEnrol.errors} of ${m.failureToEnrol.trials}`,
      },
      genuine: m.curve.genuineCount,
      impostor: m.curve.impostorCount,
    })),
  }
}

/** One matcher's decisions over all sets, each at its own threshold. */
function decisions(matcher: string, metrics: readonly SetMetrics[]): Block {
  const own = metrics.filter((m) => m.matcher === matcher).map(({ atFmr100 }) => atFmr100)
  const sum = (of: (rates: ErrorRates) => number): number => own.reduce((total, rates) => total + of(rates), 0)
  return {
    kind: "matrix",
    title: `Decisions of ${matcher} at FMR 1 %`,
    rowTitle: "truth",
    columnTitle: "decision",
    rows: ["same", "different"],
    columns: ["match", "no match"],
    counts: [
      [sum((r) => r.genuineCount - r.falseNonMatches), sum((r) => r.falseNonMatches)],
      [sum((r) => r.falseMatches), sum((r) => r.impostorCount - r.falseMatches)],
    ],
    note: "All sets together, each at its own threshold, chosen on these very scores.",
  }
}

function curvesOf(set: string, { metrics, scores }: BenchmarkResults): Block[] {
  const here = metrics.filter((m) => m.set === set)
  const curves = here.map((m) => ({ name: m.matcher, curve: m.curve }))
  const histograms = here.map((m) => {
    const own = scores.find((s) => s.matcher === m.matcher && s.set === set)?.comparisons ?? []
    return scoreHistogram(
      Float64Array.from(own.filter((c) => c.genuine).map((c) => c.score)),
      Float64Array.from(own.filter((c) => !c.genuine).map((c) => c.score)),
      {
        title: `${set}: scores of ${m.matcher}`,
        genuineName: "genuine",
        impostorName: "impostor",
        scoreLabel: "Similarity score",
      },
    )
  })
  return [
    { kind: "columns", blocks: [detChart(`${set}: DET`, curves), rocChart(`${set}: ROC`, curves)] },
    { kind: "details", summary: `Score histograms of ${set}`, blocks: histograms },
  ]
}

function identificationBlocks(metrics: readonly SetMetrics[]): Block[] {
  const searched = metrics.filter((m) => m.identification !== undefined)
  return [
    {
      kind: "table",
      title: "1:N identification",
      columns: [
        { key: "matcher", label: "Matcher", always: true },
        { key: "set", label: "Set", always: true },
        { key: "rank1", label: "Rank 1", unit: "rate", better: "higher" },
        { key: "rank5", label: "Rank 5", unit: "rate", better: "higher" },
        { key: "fnir", label: "FNIR at FPIR ≤ 1 %", unit: "rate", better: "lower" },
        { key: "gallery", label: "Identities", unit: "count" },
        { key: "searches", label: "Searches", unit: "count" },
      ],
      rows: searched.map(({ matcher, set, identification: id }) => ({
        matcher,
        set,
        rank1: id?.cmc[0],
        rank5: id?.cmc[id.cmc.length - 1],
        fnir: id?.fnir,
        gallery: id?.galleryCount,
        searches: id?.searchCount,
      })),
      note:
        "Every image is searched against the best other image of each identity; the FPIR threshold is set " +
        "on the same searches.",
    },
    {
      kind: "chart",
      title: "Error versus discard: FNMR at the FMR 1 % threshold while the lowest qualities are left out",
      alt: "False non-match rate against the share of comparisons discarded by quality, one line a matcher and set.",
      x: { label: "Comparisons discarded", unit: "rate", from: 0, to: 0.5 },
      y: { label: "False non-match rate", unit: "rate" },
      series: metrics.map((m) => ({
        type: "line",
        name: `${m.matcher}, ${m.set}`,
        x: m.discard.discarded,
        y: m.discard.fnmr,
      })),
    },
  ]
}

const costTable = (metrics: readonly SetMetrics[]): Block => ({
  kind: "table",
  title: "Time on one thread",
  columns: [
    { key: "matcher", label: "Matcher", always: true },
    { key: "set", label: "Set", always: true },
    { key: "enrol", label: "Enrol, mean", unit: "ms", better: "lower" },
    { key: "enrolMax", label: "Enrol, longest", unit: "ms", better: "lower" },
    { key: "compare", label: "Compare", unit: "ms", better: "lower" },
  ],
  rows: metrics.map((m) => ({
    matcher: m.matcher,
    set: m.set,
    enrol: m.enrolCpuMs.mean,
    enrolMax: m.enrolCpuMs.max,
    compare: m.compareCpuMs,
  })),
})
