import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { importDataset } from "../../src/shared/dataset/import/import-dataset.js"
import { AppError } from "../../src/shared/errors.js"
import { runExperiment } from "../../src/train/run-experiment.js"
import type { Claim, Figure } from "./claim.js"

/** `npm run prove -- scanners`: the committed experiment on the real images, whole, in a folder of its own. */
const EXPERIMENT = "experiments/fvc-one-vs-all.yaml"
const IMAGES = "../shared/data"

const percent = (rate: number): string => (100 * rate).toFixed(2)

export const claims: readonly Claim[] = [
  {
    title: "Eight scanners, split by finger, 128 × 128 px, six models on the embedded engine",
    async measure(say) {
      const folder = await mkdtemp(join(tmpdir(), "prove-scanners-"))
      try {
        const dataset = join(folder, "data")
        await importDataset({ from: IMAGES, into: dataset, layout: "fvc" })
        const startMs = performance.now()
        const result = await runExperiment(EXPERIMENT, {
          overrides: [`dataset.folder=${dataset}`],
          runsFolder: join(folder, "runs"),
          say,
        })
        const minutes = (performance.now() - startMs) / 60_000
        const { metrics } = result
        if (metrics === undefined) throw new AppError("prove/run", `${result.failures.length} cells failed`)
        const figures: Figure[] = metrics.arms.map(({ label, pooled, parameterCount }) => {
          const { value, interval } = pooled.balancedAccuracy
          const note = `[${percent(interval.low)}, ${percent(interval.high)}] %, EER ${percent(pooled.eer.value)} %, ${parameterCount} parameters`
          return { name: `${label}, mean balanced accuracy`, value: 100 * value, unit: "%", note }
        })
        const winner = metrics.arms.find(({ arm }) => arm === metrics.winner.arm)
        if (winner === undefined) throw new AppError("prove/run", "the run names no winner")
        const { balancedAccuracy, eer } = winner.pooled
        const within = ({ interval }: typeof eer): string =>
          `[${percent(interval.low)}, ${percent(interval.high)}] %, ${interval.method}`
        return [
          ...figures,
          { name: "models", value: metrics.arms.length, unit: "", bound: { is: "at least", value: 5 } },
          {
            name: `winner ${winner.label}, mean balanced accuracy on eval`,
            value: 100 * balancedAccuracy.value,
            unit: "%",
            bound: { is: "at least", value: 99 },
            note: within(balancedAccuracy),
          },
          {
            name: `winner ${winner.label}, pooled EER on eval`,
            value: 100 * eer.value,
            unit: "%",
            bound: { is: "at most", value: 1 },
            note: within(eer),
          },
          { name: "whole run", value: minutes, unit: "min", bound: { is: "at most", value: 90 } },
        ]
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  },
]
