import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import { type RunResult, runExperiment } from "@sourceprint/train/run-experiment.js"
import type { RunMetrics } from "@sourceprint/train/run-summary.js"
import { killExperiment } from "../../test/support/kill-experiment.js"
import { differingFiles, runDigest } from "../../test/support/run-digest.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

/** `npm run prove -- main-job`: the committed experiments on the real images beside the project. Runs stay in
 *  experiments/runs/prove-main-job until the next time. */
const RUNS = "experiments/runs/prove-main-job"
const FVC = "experiments/fvc-one-vs-all.yaml"
const SYSTEM_A = "experiments/system-a.yaml"

type LogLine = (text: string) => void

/** Runs a committed experiment on the FVC images. @throws AppError "prove/run" when jobs failed */
async function run(file: string, runsFolder: string, logLine: LogLine): Promise<Required<RunResult>> {
  await importDataset({
    from: "../shared/data",
    only: ["fvc2000", "fvc2002"],
    into: "data/fvc",
    layout: "fvc",
  })
  let lastMs = performance.now()
  let total = 0
  const result = await runExperiment(file, {
    runsFolder,
    engine: "wasm",
    logLine,
    progress: {
      start: (jobs) => {
        total = jobs
      },
      update(done, note) {
        if (performance.now() - lastMs < 60_000) return
        lastMs = performance.now()
        logLine(`${Math.floor(done)}/${total}${note ? ` ${note}` : ""}`)
      },
      stop: () => {},
    },
  })
  const { metrics } = result
  if (metrics === undefined) {
    throw new AppError("prove/run", `${result.failures.length} jobs failed, first: ${result.failures[0]?.message}`)
  }
  return { ...result, metrics }
}

interface WholeRun {
  readonly result: Required<RunResult>
  readonly minutes: number
}
let whole: Promise<WholeRun> | undefined
/** The uninterrupted run, once a program. */
const wholeRun = (logLine: LogLine): Promise<WholeRun> => {
  whole ??= (async () => {
    const runsFolder = join(RUNS, "whole")
    await rm(runsFolder, { recursive: true, force: true })
    const startMs = performance.now()
    const result = await run(FVC, runsFolder, logLine)
    return { result, minutes: (performance.now() - startMs) / 60_000 }
  })()
  return whole
}

const percent = (rate: number): string => (100 * rate).toFixed(2)
const within = ({ interval: { low, high, method } }: BootstrapResult): string =>
  `95 % interval ${percent(low)}-${percent(high)} %, ${method}`

function configurationFigures({ arms: configurations }: RunMetrics): Figure[] {
  return configurations.map(({ label, parameterCount, pooled: { balancedAccuracy, eer } }) => ({
    name: `${label}: mean balanced accuracy on eval`,
    value: 100 * balancedAccuracy.value,
    unit: "%",
    note: `${within(balancedAccuracy)}; pooled EER ${percent(eer.value)} %; ${parameterCount} parameters`,
  }))
}

export const claims: readonly Claim[] = [
  {
    title: "Eight scanners, split by finger, 128 × 128 px, every scanner as target: one command, a winner",
    async measure(logLine) {
      const { result, minutes } = await wholeRun(logLine)
      const { arms: configurations, winner } = result.metrics
      const best = configurations.find(({ arm: configuration }) => configuration === winner.arm)
      if (best === undefined) throw new AppError("prove/run", "the run names no winner")
      const { balancedAccuracy, eer } = best.pooled
      return [
        ...configurationFigures(result.metrics),
        atLeast("models", configurations.length, 5),
        exactly("target scanners", best.tasks.length, 8),
        atLeast(
          `winner ${winner.label} (${winner.rule}): mean balanced accuracy on eval`,
          100 * balancedAccuracy.value,
          99,
          "%",
          within(balancedAccuracy),
        ),
        atMost(`winner ${winner.label}: pooled EER on eval`, 100 * eer.value, 1, "%", within(eer)),
        atMost("whole run", minutes, 90, "min"),
      ]
    },
  },
  {
    title: "System A's protocol (MobileNet, split by image) beside the honest split, in one run",
    async measure(logLine) {
      const runsFolder = join(RUNS, "system-a")
      await rm(runsFolder, { recursive: true, force: true })
      const { metrics } = await run(SYSTEM_A, runsFolder, logLine)
      const of = (by: string) => {
        const configuration = metrics.arms.find(({ label }) => label.includes(`split.by=${by}`))
        if (configuration === undefined)
          throw new AppError("prove/run", `${SYSTEM_A} has no configuration with split.by=${by}`)
        return configuration.pooled.balancedAccuracy.value
      }
      const optimism = 100 * (of("unsafe-by-image") - of("finger"))
      return [
        ...configurationFigures(metrics),
        atLeast("optimism of the split by image, balanced accuracy", optimism, 1, "points"),
      ]
    },
  },
  {
    // Alone (`main-job 3`) it takes the whole run that line 1 left, and finishes it where it is not finished.
    title: "Killed (SIGKILL to the command and its workers) in the middle, run again: the same metrics and weights",
    async measure(logLine) {
      const result = whole === undefined ? await run(FVC, join(RUNS, "whole"), logLine) : (await whole).result
      const runsFolder = join(RUNS, "killed")
      await rm(runsFolder, { recursive: true, force: true })
      await mkdir(runsFolder, { recursive: true })
      const half = Math.floor(result.jobs / 2)
      const killed = await killExperiment(
        FVC,
        runsFolder,
        ["--engine", "wasm", "--set", "run.checkpointEverySeconds=1"],
        (files) => {
          const count = (name: string): number => files.filter((path) => path.endsWith(`/${name}`)).length
          return count("done.json") >= half && count("checkpoint.bin") > 0
        },
        250,
      )
      const resumed = await run(FVC, runsFolder, logLine)
      const [expected, seen] = [await runDigest(result.runFolder), await runDigest(resumed.runFolder)]
      return [
        exactly("killed before the end", Number(killed), 1),
        exactly(
          "files of metrics, scores, models and summary that differ",
          differingFiles(expected, seen).length,
          0,
          "",
          `${expected.size} compared byte by byte`,
        ),
      ]
    },
  },
]
