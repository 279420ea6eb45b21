import type { Block, Section } from "@sourceprint/report/document.js"
import type { ShortcutAudit } from "../audit/audit-shortcuts.js"
import { shortcutWarnings } from "../audit/shortcut-warning.js"
import type { LoadedRun } from "./load-run.js"

/** What a model could have learned instead of the scanner, and how far that alone would have got. */
export function auditSection(run: LoadedRun, audits: readonly ShortcutAudit[], absence = ""): Section {
  const winner = run.metrics.arms.find(({ arm: configuration }) => configuration === run.metrics.winner.arm)
  const best = winner?.pooled.balancedAccuracy.value ?? 0
  return {
    kind: "section",
    title: "Shortcut audit",
    lead:
      "Probes that see only one thing, trained on the same split and judged in the same way. A probe that " +
      "comes near the model means that the model may have learned the frame, not the scanner.",
    blocks:
      audits.length === 0
        ? [{ kind: "banner", tone: "note", title: "The shortcut audit was not made", text: absence }]
        : audits.flatMap((audit) => auditBlocks(audit, best, audits.length > 1)),
  }
}

function auditBlocks({ region, summaries }: ShortcutAudit, best: number, several: boolean): Block[] {
  const view =
    region.kind === "whole-frame"
      ? `whole frame, ${region.widthPx} × ${region.heightPx} px`
      : `${region.kind.replace("-", " ")}, ${region.sidePx} px`
  const warnings = shortcutWarnings(summaries, best)
  const banners = warnings.map(
    ({ level, text, probe }): Block => ({
      kind: "banner",
      tone: level === "serious" ? "warning" : "note",
      title:
        level === "serious"
          ? `The probe “${probe}” comes near the model`
          : `“${probe}” alone would do in the whole images; in the view it does less`,
      text,
    }),
  )
  const table: Block = {
    kind: "table",
    title: several
      ? `Probes, view: ${view}`
      : `Probes beside the winner (${(best * 100).toFixed(2)} % balanced accuracy); view: ${view}`,
    columns: [
      { key: "probe", label: "Probe", always: true },
      { key: "scope", label: "Looks at", always: true },
      { key: "ba", label: "Balanced accuracy", unit: "rate", always: true },
      { key: "auc", label: "AUC", unit: "score", always: true },
      { key: "strongest", label: "Strongest on", always: true },
      { key: "sees", label: "Sees only", always: true },
    ],
    rows: [...summaries]
      .sort((a, b) => (a.scope === b.scope ? b.balancedAccuracy - a.balancedAccuracy : a.scope === "view" ? -1 : 1))
      .map(({ probe, scope, sees, balancedAccuracy, auc, strongest }) => ({
        probe,
        scope: scope === "view" ? "what the models see" : "whole images",
        ba: balancedAccuracy,
        auc,
        strongest: `${strongest.task} (${(strongest.balancedAccuracy * 100).toFixed(1)} %)`,
        sees,
      })),
    note: "Means over tasks and folds; thresholds from dev, figures from eval. Guessing is 50 %.",
  }
  const good: Block[] =
    banners.length === 0
      ? [{ kind: "banner", tone: "good", title: "No probe comes within 5 points of the winner" }]
      : []
  return [...banners, ...good, table]
}
