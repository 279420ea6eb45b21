import { type ProbeId, type ProbeScope, probeIds, probeScopes, probes } from "./probe-features.js"
import type { ProbeFigures } from "./shortcut-audit.js"

/** A probe this near to the model, in balanced accuracy, may explain most of it. */
const NEAR = 0.1

/** What a model may have learned instead, where a probe comes near. */
const learned: Readonly<Record<ProbeId, string>> = {
  "image-size": "the frame, not the scanner",
  border: "the frame, not the scanner",
  "mean-grey": "how bright the images are (pressure, exposure, a driver's setting), not the scanner",
  "grey-occupancy": "how grey levels are coded (bit depth, stretching, a driver), not the sensor",
}

/** A probe over all tasks and folds. */
export interface ProbeSummary {
  readonly probe: ProbeId
  readonly scope: ProbeScope
  /** What the probe sees, for the report. */
  readonly sees: string
  /** Means over tasks and folds. */
  readonly balancedAccuracy: number
  readonly auc: number
  /** The task where the probe does best, by mean balanced accuracy over the folds. */
  readonly strongest: { readonly task: string; readonly balancedAccuracy: number }
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

/** One line a probe and scope, in a fixed order. Figures of the same probe must cover the same tasks and folds. */
export function summariseProbes(figures: readonly ProbeFigures[]): ProbeSummary[] {
  return probeScopes.flatMap((scope) =>
    probeIds.flatMap((probe) => {
      const own = figures.filter((figure) => figure.probe === probe && figure.scope === scope)
      if (own.length === 0) return []
      const strongest = [...new Set(own.map(({ task }) => task))]
        .map((task) => ({
          task,
          balancedAccuracy: mean(own.filter((f) => f.task === task).map((f) => f.balancedAccuracy)),
        }))
        .reduce((best, next) => (next.balancedAccuracy > best.balancedAccuracy ? next : best))
      return [
        {
          probe,
          scope,
          sees: probes[probe],
          balancedAccuracy: mean(own.map((figure) => figure.balancedAccuracy)),
          auc: mean(own.map((figure) => figure.auc)),
          strongest,
        },
      ]
    }),
  )
}

export interface ShortcutWarning {
  /** `serious`: the probe sees what the model saw. `note`: the dataset invites the shortcut, the view closes it. */
  readonly level: "serious" | "note"
  readonly probe: ProbeId
  readonly text: string
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** What the report must say, given the balanced accuracy [0, 1] of the model it recommends. Nothing to say: empty. */
export function shortcutWarnings(summaries: readonly ProbeSummary[], modelBalancedAccuracy: number): ShortcutWarning[] {
  return summaries.flatMap(({ probe, scope, sees, balancedAccuracy }): ShortcutWarning[] => {
    if (balancedAccuracy < modelBalancedAccuracy - NEAR) return []
    const figures = `${percent(balancedAccuracy)} balanced accuracy, the model ${percent(modelBalancedAccuracy)}`
    if (scope === "view") {
      const text = `A probe that sees only ${sees} reaches ${figures}: the model may have learned ${learned[probe]}.`
      return [{ level: "serious", probe, text }]
    }
    const closed = summaries.find((other) => other.probe === probe && other.scope === "view")
    if (closed === undefined || closed.balancedAccuracy > balancedAccuracy - NEAR) return []
    const text =
      `In the whole images a probe that sees only ${sees} reaches ${figures}; in the view of the models it ` +
      `falls to ${percent(closed.balancedAccuracy)}.`
    return [{ level: "note", probe, text }]
  })
}
