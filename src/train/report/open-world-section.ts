import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import type { ConditionFigures } from "../run-record.js"
import type { ConfigurationSummary } from "../run-summary.js"
import { jobsOf, type LoadedRun, rankedConfigurations } from "./load-run.js"
import { rateCell } from "./model-comparison.js"

const counted = ({ errors, trials, rate, interval: { low, high } }: CountedRate): string =>
  `${formatNumber(errors, "count")} of ${formatNumber(trials, "count")} (${formatNumber(rate, "rate")}, ` +
  `${(100 * low).toFixed(2)}-${(100 * high).toFixed(2)})`

const worstBy = (conditions: readonly ConditionFigures[], of: (one: ConditionFigures) => number) =>
  conditions.reduce<ConditionFigures | undefined>((a, b) => (a === undefined || of(b) > of(a) ? b : a), undefined)

/** Closed set, scanners never seen, handled and forged images in one sentence, with counts. Empty without any. */
export function openWorldSentence({
  pooled,
  conditions = [],
}: Pick<ConfigurationSummary, "pooled" | "conditions">): string {
  const parts = [`known scanners ${counted(pooled.fmr)} false matches and ${counted(pooled.fnmr)} false non-matches`]
  for (const { fmr, worstPair } of conditions.filter(({ kind }) => kind === "unseen"))
    parts.push(
      `scanners never seen ${counted(fmr)} false matches, worst pair ${worstPair.scanner} taken for ` +
        `${worstPair.target} ${worstPair.accepted} of ${worstPair.of}`,
    )
  const handled = conditions.filter(({ kind }) => kind === "handled")
  const refused = worstBy(handled, ({ fnmr }) => fnmr?.rate ?? 0)
  const accepted = worstBy(handled, ({ fmr }) => fmr.rate)
  if (refused?.fnmr !== undefined && accepted !== undefined)
    parts.push(
      `after handling at worst ${counted(refused.fnmr)} false non-matches (${refused.condition}) and ` +
        `${counted(accepted.fmr)} false matches (${accepted.condition})`,
    )
  for (const { fmr, condition } of conditions.filter(({ kind }) => kind === "forged"))
    parts.push(`forged (${condition}) ${counted(fmr)} accepted`)
  return `At the thresholds from dev: ${parts.join("; ")}.`
}

const kindNames: Readonly<Record<ConditionFigures["kind"], string>> = {
  unseen: "scanner never seen",
  handled: "handled",
  forged: "forged",
}

/** What happens outside the closed set: nothing where the run did not ask. */
export function openWorldSection(run: LoadedRun): Section | undefined {
  const models = rankedConfigurations(run).filter(({ summary }) => summary.conditions !== undefined)
  if (models.length === 0) return undefined
  const rows = models.flatMap(({ summary: { label, pooled, conditions = [] } }) => [
    { label, kind: "known scanners", condition: "as taken", fmr: rateCell(pooled.fmr), fnmr: rateCell(pooled.fnmr) },
    ...conditions.map(({ kind, condition, fmr, fnmr, worstPair: { target, scanner, accepted, of } }) => ({
      label,
      kind: kindNames[kind],
      condition,
      fmr: rateCell(fmr),
      fnmr: fnmr === undefined ? null : rateCell(fnmr),
      worst: accepted === 0 ? "none accepted" : `${scanner} taken for ${target}: ${accepted} of ${of}`,
    })),
  ])
  return {
    kind: "section",
    title: "Open world",
    blocks: [
      {
        kind: "table",
        title: "Scanners never seen, handled and forged images",
        columns: [
          { key: "label", label: "Model", always: true },
          { key: "kind", label: "Images", always: true },
          { key: "condition", label: "Condition", always: true },
          { key: "fmr", label: "FMR", unit: "rate", better: "lower", always: true },
          { key: "fnmr", label: "FNMR", unit: "rate", better: "lower", always: true },
          { key: "worst", label: "Worst pair", always: true },
        ],
        rows,
        note:
          "Decisions at each model's own threshold from dev, where all images are of scanners of the training and as " +
          "they were taken. Ranges are 95 % intervals by drawing fingers again, as above.",
      },
      ...unseenMatrix(run),
    ],
  }
}

/** Images of the scanner that was left out which each target's model accepted, by the winner. */
function unseenMatrix(run: LoadedRun): Block[] {
  const counts = new Map<string, Map<string, { accepted: number; of: number }>>()
  for (const { metrics, conditions = [] } of jobsOf(run, run.metrics.winner.arm)) {
    const task = run.plan.tasks.find(({ id }) => id === metrics.task)
    if (task?.unseen === undefined) continue
    const rows = conditions.filter(({ kind }) => kind === "unseen")
    const row = counts.get(task.unseen) ?? new Map<string, { accepted: number; of: number }>()
    const cell = row.get(task.target) ?? { accepted: 0, of: 0 }
    const accepted = rows.filter(({ score }) => score >= metrics.threshold.threshold).length
    counts.set(task.unseen, row.set(task.target, { accepted: cell.accepted + accepted, of: cell.of + rows.length }))
  }
  if (counts.size === 0) return []
  const scanners = [...counts.keys()].sort()
  const targets = [...new Set([...counts.values()].flatMap((row) => [...row.keys()]))].sort()
  return [
    {
      kind: "matrix",
      title: "Images of a scanner never seen that each target's model accepted",
      rowTitle: "never seen",
      columnTitle: "accepted as",
      rows: scanners,
      columns: targets,
      counts: scanners.map((scanner) => targets.map((target) => counts.get(scanner)?.get(target)?.accepted ?? 0)),
      totals: scanners.map((scanner) => Math.max(...[...(counts.get(scanner)?.values() ?? [])].map(({ of }) => of))),
      diagonalIsRight: false,
      note: "Each cell is of models that were trained without the scanner of the row. Every count is an error.",
    },
  ]
}
