import { defined } from "@sourceprint/core/defined.js"
import type { Series } from "@sourceprint/report/charts/series.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import type { EpochRecord } from "../run-record.js"
import { drawnNote, jobsOf, type LoadedJob, type LoadedRun, MOST_DRAWN, rankedConfigurations } from "./load-run.js"

const SHOWN = 6

type Measure = "trainLoss" | "devLoss" | "trainAccuracy" | "devAccuracy"

/** Mean, least and largest over the jobs that reached each epoch. */
export function byEpoch(histories: readonly (readonly EpochRecord[])[], measure: Measure) {
  const length = Math.max(0, ...histories.map((history) => history.length))
  const epochs = Float64Array.from({ length }, (_, k) => k + 1)
  const values = Array.from(epochs, (epoch) => histories.flatMap((history) => history[epoch - 1]?.[measure] ?? []))
  return {
    epochs,
    mean: Float64Array.from(values, (all) => all.reduce((sum, value) => sum + value, 0) / all.length),
    low: Float64Array.from(values, (all) => Math.min(...all)),
    high: Float64Array.from(values, (all) => Math.max(...all)),
  }
}

/** Loss by epoch: every model on dev, then the best trained one on both sets. */
export function trainingSection(run: LoadedRun): Section | undefined {
  const trained = rankedConfigurations(run)
    .map(({ summary }, colour) => ({
      colour,
      label: summary.label,
      jobs: jobsOf(run, summary.arm).filter(({ metrics }) => metrics.history.length > 0),
    }))
    .filter(({ jobs }) => jobs.length > 0)
  const [best] = trained
  if (best === undefined) return undefined
  const untrained = run.metrics.arms.length - trained.length
  const verb = untrained === 1 ? ["is", "has"] : ["are", "have"]
  const noCurve =
    untrained === 0 ? "" : `${untrained} of the models ${verb[0]} fitted in one step and ${verb[1]} no curve.`
  const lead = `${noCurve}${drawnNote(trained.length)}`.trim()
  return {
    kind: "section",
    title: "Training",
    ...(lead === "" ? {} : { lead }),
    blocks: [{ kind: "columns", blocks: [lossOfAll(trained.slice(0, MOST_DRAWN)), lossOfOne(best)] }],
  }
}

interface TrainedConfiguration {
  readonly label: string
  readonly jobs: readonly LoadedJob[]
  /** the model's colour in every chart */
  readonly colour: number
}

const historiesOf = ({ jobs }: TrainedConfiguration) => jobs.map(({ metrics }) => metrics.history)

function lossOfAll(configurations: readonly TrainedConfiguration[]): Block {
  return {
    kind: "chart",
    title: "Loss on dev",
    alt: `Loss on dev by epoch of ${configurations.map(({ label }) => label).join(", ")}.`,
    x: { label: "Epoch" },
    y: { label: "Cross-entropy", unit: "nats" },
    series: configurations.map((configuration, k): Series => {
      const { epochs, mean } = byEpoch(historiesOf(configuration), "devLoss")
      return {
        type: "line",
        name: configuration.label,
        colour: configuration.colour,
        x: epochs,
        y: mean,
        ...(k >= SHOWN ? { hidden: true } : {}),
      }
    }),
    note:
      "Mean over targets, folds and seeds that were still training; a curve rises at its end where only " +
      "hard jobs continue.",
  }
}

function lossOfOne(configuration: TrainedConfiguration): Block {
  const histories = historiesOf(configuration)
  const line = (name: string, measure: Measure): Series => {
    const { epochs, mean, low, high } = byEpoch(histories, measure)
    return { type: "line", name, x: epochs, y: mean, low, high }
  }
  const kept = configuration.jobs.map(({ metrics }) => metrics.bestEpoch).sort((a, b) => a - b)
  return {
    kind: "chart",
    title: `Loss of ${configuration.label}`,
    alt: `Loss of ${configuration.label} by epoch on train and dev with the range over its jobs.`,
    x: { label: "Epoch" },
    y: { label: "Cross-entropy", unit: "nats" },
    series: [line("train", "trainLoss"), line("dev", "devLoss")],
    guides: [{ at: "x", value: defined(kept[Math.floor(kept.length / 2)]), label: "kept (median)" }],
    note: `Mean of ${configuration.jobs.length} trained models; the band is the least and the largest.`,
  }
}
