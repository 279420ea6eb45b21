import { defined } from "@sourceprint/core/defined.js"
import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { cllr, minCllr } from "@sourceprint/core/metrics/cllr.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { detChart, type NamedCurve, rocChart } from "@sourceprint/report/charts/error-charts.js"
import { reliabilityChart } from "@sourceprint/report/charts/reliability-chart.js"
import { scoreHistogram } from "@sourceprint/report/charts/score-histogram.js"
import type { Section } from "@sourceprint/report/document.js"
import { formatRange } from "@sourceprint/report/quantity.js"
import { logOdds } from "../heat-map.js"
import { drawnNote, jobsOf, type LoadedJob, type LoadedRun, MOST_DRAWN, rankedConfigurations } from "./load-run.js"

const SHOWN = 6

/** Eval scores of several jobs in one: of target images and of the others. */
function pooledScores(jobs: readonly LoadedJob[]): {
  genuine: Float64Array
  impostor: Float64Array
} {
  const of = (label: 0 | 1): Float64Array =>
    Float64Array.from(
      jobs.flatMap(({ scores }) => scores.filter((row) => row.side === "eval" && row.label === label)),
      ({ score }) => score,
    )
  return { genuine: of(1), impostor: of(0) }
}

/** ROC, DET, histogram and reliability of the pooled eval scores. */
export function scoreSection(run: LoadedRun): Section {
  const configurations = rankedConfigurations(run)
  const ranked = configurations.slice(0, MOST_DRAWN).map(({ summary }, k) => ({
    name: summary.label,
    ...pooledScores(jobsOf(run, summary.arm)),
    ...(k >= SHOWN ? { hidden: true } : {}),
  }))
  const curves: NamedCurve[] = ranked.map(({ name, genuine, impostor, ...rest }) => ({
    name,
    curve: errorCurve(genuine, impostor),
    ...rest,
  }))
  const winner = defined(ranked[0], "model")
  const more = ranked.length > SHOWN ? ` The first ${SHOWN} models are drawn; a click in the legend shows another.` : ""
  const thresholds = jobsOf(run, run.metrics.winner.arm).map(({ metrics }) => metrics.threshold.threshold)
  const [least, largest] = [Math.min(...thresholds), Math.max(...thresholds)]
  return {
    kind: "section",
    title: "Scores on eval",
    lead: `All targets, folds and seeds in one.${more}${drawnNote(configurations.length)}`,
    blocks: [
      {
        kind: "columns",
        blocks: [
          rocChart("ROC", curves),
          detChart(
            "DET",
            curves,
            "Normal-deviate axes; lower left is better. A curve on the frame has no error there.",
          ),
        ],
      },
      {
        kind: "columns",
        blocks: [
          {
            ...scoreHistogram(winner.genuine, winner.impostor, {
              title: `Scores of ${winner.name}`,
              genuineName: "target scanner",
              impostorName: "other scanners",
              scoreLabel: "Probability of the target",
              unit: "rate",
              ...(thresholds.length === 1 ? { threshold: least } : {}),
            }),
            ...(thresholds.length === 1
              ? {}
              : {
                  note: `Each target and fold has its own threshold from dev: ${formatRange(least, largest, "rate")}.`,
                }),
          },
          reliabilityChart(
            "Reliability",
            ranked.map(({ name, genuine, impostor, ...rest }, k) => ({
              name,
              reliability: reliability(genuine, impostor),
              ...rest,
              ...(k >= 3 ? { hidden: true } : {}),
            })),
          ),
        ],
      },
      {
        kind: "table",
        title: "Cost of the probabilities as likelihood ratios",
        columns: [
          { key: "model", label: "Model", always: true },
          { key: "cllr", label: "Cllr", unit: "score", better: "lower", hint: "bits; 1 is saying nothing" },
          {
            key: "min",
            label: "Min Cllr",
            unit: "score",
            better: "lower",
            hint: "after the best calibration",
          },
        ],
        rows: ranked.map(({ name, genuine, impostor }) => ({
          model: name,
          cllr: cllr(genuine.map(logOdds), impostor.map(logOdds)),
          min: minCllr(genuine, impostor),
        })),
        note: "Pooled eval scores, classes weighing the same. What lies between the two is lost to calibration.",
      },
    ],
  }
}
