import type { Block, Section } from "@sourceprint/report/document.js"
import { describeRange } from "../search/range-value.js"
import type { LoadedRun } from "./load-run.js"

/** What was searched, on which data, and how each trial did there; nothing for a run without a search. */
export function searchSection({ config, search, metrics, environment }: LoadedRun): Section | undefined {
  if (config.search === undefined || search === undefined) return undefined
  const { method, ranges, seed } = config.search
  const { by } = config.winner
  const figureOf = (figure: number): number => (by === "pooled-eer" ? -figure : figure)
  const measure = by.replaceAll("-", " ").replace(/eer$/, "EER").replace(/auc$/, "AUC")
  const done = search.trials.filter((trial) => trial.figure !== undefined)
  const failed = search.trials.filter(({ failure }) => failure !== undefined).length
  const paths = Object.keys(ranges)
  const rows = search.trials.toSorted((a, b) => (b.figure ?? -2) - (a.figure ?? -2) || a.number - b.number)
  const chosen = rows.findIndex(({ arm }) => arm === metrics.winner.arm)
  const best: number[] = []
  for (const { figure = 0 } of done) best.push(Math.max(best.at(-1) ?? Number.NEGATIVE_INFINITY, figure))
  const blocks: Block[] = [
    {
      kind: "facts",
      facts: [
        ["method", `${method}, seed ${seed}`],
        ...paths.flatMap((path) => {
          const range = ranges[path]
          return range === undefined ? [] : [[path, describeRange(range)] as const]
        }),
        ["judged by", `${measure} on dev, all folds and seeds`],
        ["data", environment.datasetHash.slice(0, 12)],
      ],
    },
    {
      kind: "chart",
      title: "Figure on dev of each trial",
      alt: `The ${measure} on dev of each trial in the order in which they began, and the best so far.`,
      x: { label: "trial" },
      y: { label: `${measure} on dev`, ...(by === "pooled-auc" ? {} : { unit: "rate" as const }) },
      series: [
        {
          name: "trial",
          type: "points",
          x: done.map(({ number }) => number),
          y: done.map(({ figure = 0 }) => figureOf(figure)),
          words: done.map(({ values }) => JSON.stringify(values)),
        },
        { name: "best so far", type: "line", steps: true, x: done.map(({ number }) => number), y: best.map(figureOf) },
      ],
    },
    {
      kind: "table",
      title: "All trials",
      columns: [
        { key: "number", label: "Trial", unit: "count", always: true },
        ...paths.map((path) => ({ key: `at.${path}`, label: path, always: true })),
        { key: "bracket", label: "Bracket", unit: "count" },
        { key: "epochs", label: "Epochs", unit: "count" },
        {
          key: "figure",
          label: `${measure} on dev`,
          unit: by === "pooled-auc" ? "score" : "rate",
          better: by === "pooled-eer" ? "lower" : "higher",
          always: true,
        },
        { key: "failure", label: "Why it failed" },
      ],
      rows: rows.map(({ number, values, rung, figure, failure }) => ({
        number,
        ...Object.fromEntries(paths.map((path) => [`at.${path}`, cellOf(values[path])])),
        bracket: rung?.bracket ?? null,
        epochs: rung?.epochs ?? null,
        figure: figure === undefined ? null : figureOf(figure),
        failure: failure ?? null,
      })),
      ...(chosen < 0 ? {} : { marked: chosen }),
    },
  ]
  const lost = failed === 0 ? "" : ` ${failed} failed and count as the worst.`
  return {
    kind: "section",
    title: "Search",
    lead:
      `${search.trials.length} trials, all judged on dev.${lost} Only the chosen one was looked at on eval; the ` +
      "figures here are the best of many on dev and flatter it.",
    blocks,
  }
}

const cellOf = (value: unknown): string | number =>
  typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value)
