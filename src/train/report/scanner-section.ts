import { defined } from "@sourceprint/core/defined.js"
import { confusionMatrix, multiclassBalancedAccuracy } from "@sourceprint/core/metrics/confusion.js"
import type { Series } from "@sourceprint/report/charts/series.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import { closedTasks, jobsOf, type LoadedRun, rankedConfigurations } from "./load-run.js"
import { intervalCell, rateCell } from "./model-comparison.js"

const SHOWN = 4

/** Where the winner and the next best are strong and weak: by target, and which scanner is taken for which. */
export function scannerSection(run: LoadedRun): Section {
  const { arms: configurations } = run.metrics
  const winner = defined(
    configurations.find(({ arm: configuration }) => configuration === run.metrics.winner.arm) ?? configurations[0],
    "winner",
  )
  const blocks: Block[] = []
  if (winner.tasks.length > 1) blocks.push(barsByTask(run))
  blocks.push({
    kind: "table",
    title: `${winner.label} by target`,
    columns: [
      { key: "task", label: "Task", always: true },
      { key: "ba", label: "Balanced accuracy", unit: "rate", always: true },
      { key: "eer", label: "EER", unit: "rate", always: true },
      { key: "auc", label: "AUC", unit: "score" },
      { key: "fmr", label: "FMR", unit: "rate", always: true },
      { key: "fnmr", label: "FNMR", unit: "rate", always: true },
      { key: "brier", label: "Brier", unit: "score" },
      { key: "ece", label: "ECE", unit: "rate" },
    ],
    rows: winner.tasks.map((task) => ({
      task: task.task,
      ba: intervalCell(task.balancedAccuracy),
      eer: intervalCell(task.eer),
      auc: intervalCell(task.auc),
      fmr: rateCell(task.fmr),
      fnmr: rateCell(task.fnmr),
      brier: task.brier,
      ece: task.ece,
    })),
    note:
      "95 % intervals by drawing fingers again. Where drawing shows no spread (no error, or a single " +
      "finger), each finger counts as one trial: the rule of 3 where no error was seen, else Wilson's interval.",
  })
  blocks.push(...acceptance(run, winner.label))
  return { kind: "section", title: "By scanner", blocks }
}

function barsByTask(run: LoadedRun): Block {
  const configurations = rankedConfigurations(run).slice(0, SHOWN)
  const targets = closedTasks(run).map(({ id }) => id)
  const least = Math.min(
    ...configurations.flatMap(({ summary }) =>
      summary.tasks.map(({ balancedAccuracy }) => balancedAccuracy.interval.low),
    ),
  )
  const from = Math.max(0, Math.floor(least * 20 - 0.5) / 20)
  return {
    kind: "chart",
    title:
      configurations.length === 1
        ? "Balanced accuracy by target"
        : `Balanced accuracy by target, ${configurations.length} best models`,
    alt:
      `Balanced accuracy with intervals for each of ${targets.length} targets: ` +
      `${configurations.map(({ summary }) => summary.label).join(", ")}.`,
    x: { label: "", scale: "category" },
    y: { label: "Balanced accuracy", unit: "rate", from, to: 1 },
    series: configurations.map(({ summary }): Series => {
      const figures = targets.map((task) => summary.tasks.find((own) => own.task === task)?.balancedAccuracy)
      return {
        type: "bars",
        name: summary.label,
        x: targets.map((task) => task.replace(/ vs all$/, "")),
        y: figures.map((figure) => figure?.value ?? Number.NaN),
        low: figures.map((figure) => figure?.interval.low ?? Number.NaN),
        high: figures.map((figure) => figure?.interval.high ?? Number.NaN),
      }
    }),
    note:
      `Whiskers are 95 % intervals by drawing fingers again. The axis starts at ${(from * 100).toFixed(0)} ` +
      "%, not at zero.",
  }
}

/** How many eval images of each scanner the winner's model of each target accepted. */
function acceptance(run: LoadedRun, label: string): Block[] {
  const jobs = jobsOf(run, run.metrics.winner.arm)
  const tasks = closedTasks(run).filter(({ id }) => jobs.some(({ metrics }) => metrics.task === id))
  const scanners = [...new Set(jobs.flatMap(({ scores }) => scores.map(({ scanner }) => scanner)))].sort()
  const rows = new Map(
    scanners.map((scanner) => [scanner, new Map(tasks.map(({ id }) => [id, { shown: 0, accepted: 0 }]))]),
  )
  for (const { metrics, scores } of jobs) {
    for (const { side, scanner, score } of scores) {
      const counted = rows.get(scanner)?.get(metrics.task)
      if (side !== "eval" || counted === undefined) continue
      counted.shown++
      if (score >= metrics.threshold.threshold) counted.accepted++
    }
  }
  const oneForAll = tasks.length === scanners.length && tasks.every(({ target }, k) => target === scanners[k])
  if (!oneForAll) return [pairedCounts(label, rows, tasks)]
  const counts = [...rows.values()].map((row) => [...row.values()])
  const accepted: Block = {
    kind: "matrix",
    title: `Confusion of ${label}: images of a scanner that each target's model accepted`,
    rowTitle: "taken by",
    columnTitle: "accepted as",
    rows: scanners,
    columns: tasks.map(({ target }) => target),
    counts: counts.map((row) => row.map(({ accepted }) => accepted)),
    totals: counts.map((row) => Math.max(...row.map(({ shown }) => shown))),
    note: "Each column is a model of its own, so a row may sum to more or less than n. Blue is right, red is wrong.",
  }
  return [accepted, ...surest(run, label, scanners)]
}

/** Which scanner took an image, asked of all models of one fold and seed: the surest of them names it. Nothing where an
 *  image was not shown to every model. */
function surest(run: LoadedRun, label: string, scanners: readonly string[]): Block[] {
  const asked = new Map<string, { truth: string; decision: string; score: number; models: number }>()
  for (const { metrics, scores } of jobsOf(run, run.metrics.winner.arm)) {
    const target = run.plan.tasks.find(({ id }) => id === metrics.task)?.target ?? metrics.task
    for (const { side, path, scanner, score } of scores) {
      if (side !== "eval") continue
      const image = `${metrics.fold} ${metrics.seed} ${path}`
      const best = asked.get(image)
      const better = best === undefined || score > best.score
      const decision = better ? { decision: target, score } : best
      asked.set(image, { truth: scanner, ...decision, models: (best?.models ?? 0) + 1 })
    }
  }
  const images = [...asked.values()].filter(({ models }) => models === scanners.length)
  if (images.length === 0) return []
  const matrix = confusionMatrix(
    scanners,
    images.map(({ truth }) => truth),
    images.map(({ decision }) => decision),
  )
  const accuracy = formatNumber(multiclassBalancedAccuracy(matrix), "rate")
  return [
    {
      kind: "matrix",
      title: `Which scanner, by the surest model of ${label}`,
      rowTitle: "taken by",
      columnTitle: "named",
      rows: scanners,
      columns: scanners,
      counts: matrix.counts,
      note: `Balanced accuracy over the scanners ${accuracy}. Every image of eval, once a fold and seed.`,
    },
  ]
}

/** By scanner, then by task. */
type Counts = ReadonlyMap<string, ReadonlyMap<string, { readonly shown: number; readonly accepted: number }>>

/** Tasks that are not every scanner against the rest: decisions of each, by the scanner that took the image. */
function pairedCounts(label: string, rows: Counts, tasks: LoadedRun["plan"]["tasks"]): Block {
  return {
    kind: "table",
    title: `Decisions of ${label}`,
    columns: [
      { key: "scanner", label: "Taken by", always: true },
      ...tasks.map(({ id, target }) => ({ key: id, label: `${id}: accepted as ${target}`, always: true })),
    ],
    rows: Array.from(rows, ([scanner, row]) => ({
      scanner,
      ...Object.fromEntries(
        Array.from(row, ([id, { shown, accepted }]) => [id, shown === 0 ? null : `${accepted} of ${shown}`]),
      ),
    })),
  }
}
