import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import type { ConfigurationSummary } from "@sourceprint/train/run-summary.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost } from "./figure.js"

/** `npm run prove -- open-world`: scanners that no model of the run has seen, images that were handled or forged. Runs
 *  stay in experiments/runs/prove-open-world and are continued the next time. */
const RUNS = "experiments/runs/prove-open-world"

type Bound = (name: string, { rate, errors, trials, interval }: CountedRate, bound?: number) => Figure
const percentOf: Bound = (name, { rate, errors, trials, interval: { low, high } }, bound) => {
  const note = `${errors} of ${trials}, ${(100 * low).toFixed(2)}-${(100 * high).toFixed(2)} %`
  return bound === undefined ? { name, value: 100 * rate, unit: "%", note } : atMost(name, 100 * rate, bound, "%", note)
}

/** Figures of one model beside the bounds of the open world; without bounds those of a model to compare with. */
export function openWorldFigures(model: ConfigurationSummary, bounded: boolean): Figure[] {
  const { label, pooled, conditions = [] } = model
  const within = (bound: number): number | undefined => (bounded ? bound : undefined)
  const asksUnseen = conditions.some(({ kind }) => kind === "unseen")
  const known = [
    percentOf(`${label}: known scanners, FMR`, pooled.fmr, within(1)),
    percentOf(`${label}: known scanners, FNMR`, pooled.fnmr, within(asksUnseen ? 2 : 5)),
  ]
  return [
    ...known,
    ...conditions.flatMap(({ kind, condition, fmr, fnmr, worstPair: { accepted, of, scanner, target } }) => {
      if (kind === "forged") return [percentOf(`${label}: ${condition}, accepted`, fmr, within(2))]
      const all = percentOf(`${label}: ${condition}, FMR`, fmr, within(1))
      if (kind === "handled")
        return [all, ...(fnmr === undefined ? [] : [percentOf(`${label}: ${condition}, FNMR`, fnmr, within(5))])]
      const worst = { name: `${label}: ${condition}, worst pair`, value: (100 * accepted) / of, unit: "%" }
      const note = `${scanner} taken for ${target}, ${accepted} of ${of}`
      return [all, bounded ? atMost(worst.name, worst.value, 10, "%", note) : { ...worst, note }]
    }),
  ]
}

async function run(file: string, logLine: (text: string) => void): Promise<readonly ConfigurationSummary[]> {
  const startMs = performance.now()
  const { metrics, failures } = await runExperiment(file, { runsFolder: RUNS, engine: "wasm", logLine })
  logLine(`${file}: ${((performance.now() - startMs) / 60_000).toFixed(1)} minutes`)
  if (metrics === undefined)
    throw new AppError("prove/run", `${failures.length} jobs failed, first: ${failures[0]?.message}`)
  return metrics.arms
}

/** Balanced accuracy beside the least that it may be; undefined: to compare with. */
export function accuracyFigure(
  { label, pooled: { balancedAccuracy, eer, fmr, fnmr } }: ConfigurationSummary,
  bound: number | undefined,
): Figure {
  const { low, high } = balancedAccuracy.interval
  const note =
    `${(100 * low).toFixed(2)}-${(100 * high).toFixed(2)} %; EER ${(100 * eer.value).toFixed(2)} %, ` +
    `${fnmr.trials} target and ${fmr.trials} other decisions`
  const figure = { name: `${label}: balanced accuracy`, value: 100 * balancedAccuracy.value, unit: "%", note }
  return bound === undefined ? figure : atLeast(figure.name, figure.value, bound, "%", note)
}

const FROM = "../shared/data"
/** Folders of `FROM` and the layout of each, by the dataset that they make. */
const datasets: Readonly<Record<string, readonly { readonly only: string[]; readonly layout: string }[]>> = {
  "data/fvc": [{ only: ["fvc2000", "fvc2002"], layout: "fvc" }],
  "data/open-world": [
    { only: ["fvc2000", "fvc2002"], layout: "fvc" },
    { only: ["fvc2006"], layout: "{scanner}/DB1_A/{subject}_{impression}.bmp" },
    { only: ["biometrika"], layout: "{scanner}/live/{subject}_{impression}.png" },
    { only: ["uareu4000"], layout: "uareu4000/{scanner}/{subject}_{finger}_{impression}.bmp" },
    { only: ["uareu4000"], layout: "uareu4000/{scanner}/{subject}_{finger}_{impression}.tif" },
  ],
}

async function imported(into: string): Promise<void> {
  for (const { only, layout } of datasets[into] ?? []) {
    await importDataset({ from: FROM, only, into, layout, onLoss: "keep" })
  }
}

export const claims: readonly Claim[] = [
  {
    title: "Each of twelve scanners left out of training and dev in turn, split by finger, 128 × 128 px",
    async measure(logLine) {
      await imported("data/open-world")
      return (await run("experiments/open-world.yaml", logLine)).flatMap((model) => openWorldFigures(model, true))
    },
  },
  {
    title: "Images handled and forged: the model trained on them, and texture-ridge, which was not, to compare",
    async measure(logLine) {
      await imported("data/fvc")
      const models = await run("experiments/handled-images.yaml", logLine)
      return models.flatMap((model) => openWorldFigures(model, !model.label.startsWith("texture-ridge")))
    },
  },
  {
    title: "Few training images of each of six real scanners",
    async measure(logLine) {
      await imported("data/fvc")
      const models = await run("experiments/few-images.yaml", logLine)
      return models.map((model) => {
        const least = model.label.endsWith("imagesPerScanner=1") ? 97 : 99.5
        return accuracyFigure(model, model.label.startsWith("texture-ridge") ? undefined : least)
      })
    },
  },
  {
    title: "Networks on six real scanners: by pixels, and by hand-made statistics to compare",
    async measure(logLine) {
      await imported("data/fvc")
      const models = await run("experiments/networks.yaml", logLine)
      return models.map((model) => accuracyFigure(model, model.label.startsWith("residual-cnn") ? 99.5 : undefined))
    },
  },
]
