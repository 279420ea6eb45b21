import { existsSync } from "node:fs"
import { basename, join } from "node:path"
import { defaultSensor } from "@sourceprint/capture/fingerprint/registry.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { parseSessionPlan } from "@sourceprint/capture/session/plan.js"
import { runTwinSession } from "@sourceprint/capture/session/twin-session.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { verifyPair } from "@sourceprint/match/verify.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import { listModels, REGISTRY_FOLDER } from "@sourceprint/model/model-registry.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"

export interface DemoHost {
  readonly progress: Progress
  readonly logLine: (line: string) => void
  readonly signal: AbortSignal
}

export interface DemoModels {
  readonly datasetFolder: string
  readonly runFolder: string
  /** Where `showDemo` puts it. */
  readonly reportFile: string
  /** Promoted model by scanner id. */
  readonly models: Readonly<Record<string, string>>
}

/** World of the fingers and touches. */
export const DEMO_SEED = 1

const NAME = "demo"
const EXPERIMENT = "experiments/demo.yaml"
const RUNS_FOLDER = "experiments/runs"

/** As many as capture, experiment and report take two minutes for on two cores. */
const PEOPLE = 16
/** Each heat map covers every place of what the model saw in turn. */
const SHOWN_ERRORS = 4

/** The session of the demo: three units, three touches of a finger. */
const plan = parseSessionPlan(
  {
    name: NAME,
    dataset: NAME,
    scanners: ["unit-1", "unit-2", "unit-3"].map((id) => ({
      id,
      port: "tcp://127.0.0.1:1",
      model: `${defaultSensor.model} twin`,
    })),
    subjects: Array.from({ length: PEOPLE }, (_, i) => `person-${String(i + 1).padStart(2, "0")}`),
    fingers: ["right-index"],
    impressions: 3,
    consent: { text: "simulated people" },
  },
  "the demo's plan",
)

/** The first half of the story, on simulated scanners: a session through the wire, an experiment, a promoted model for
 *  each scanner; with these the pages can be served. Every step continues where an earlier call stopped.
 *  @returns undefined when it was interrupted */
export async function trainDemo({ progress, logLine, signal }: DemoHost): Promise<DemoModels | undefined> {
  logLine(
    `1/4 capture: three simulated ${defaultSensor.model}s on TCP, ${PEOPLE} simulated people ` +
      "(the same driver reads a real one)",
  )
  const datasetFolder = join("data", NAME)
  const touches = new SyntheticImpressions(DEMO_SEED, ScannerSettings.parse({}))
  const session = await runTwinSession({ plan, folder: datasetFolder, touches, progress, signal })
  if (!session.complete) return undefined
  logLine("2/4 experiment: two models, each asked for every unit; nobody is judged by a model that saw their finger")
  const run = await runExperiment(EXPERIMENT, { runsFolder: RUNS_FOLDER, progress, logLine, signal })
  if (run.state === "stopped") return undefined
  if (run.state === "failed") {
    throw new AppError("demo/jobs-failed", `${run.failures.length} jobs failed, first: ${run.failures[0]?.message}`)
  }
  const models = await promoteOnce(run.runFolder, run.runName)
  const reportFile = join("reports", `${run.runName}.html`)
  return { datasetFolder, runFolder: run.runFolder, reportFile, models }
}

/** The second half: the report, and the two questions asked of single images. */
export async function showDemo(
  { datasetFolder, runFolder, reportFile, models }: DemoModels,
  { progress, logLine }: Pick<DemoHost, "progress" | "logLine">,
): Promise<void> {
  logLine("3/4 report")
  if (!existsSync(reportFile)) {
    const which = [basename(runFolder)]
    const shown = { worstErrors: SHOWN_ERRORS, progress, logLine }
    await reportRuns({ runsFolder: RUNS_FOLDER, reportsFolder: "reports", which, ...shown })
  }
  logLine("4/4 single images: which scanner took it, whose finger is it")
  const samples = await readSamples(datasetFolder)
  await askScanner(defined(Object.values(models)[0], "model"), datasetFolder, samples, logLine)
  await askFinger(datasetFolder, samples, logLine)
}

/** A model for each scanner, under ids that name the run; those of an earlier call stay as they are. */
async function promoteOnce(runFolder: string, runName: string): Promise<Record<string, string>> {
  const known = new Set((await listModels(REGISTRY_FOLDER)).map(({ id }) => id))
  const models: Record<string, string> = {}
  for (const { id: target } of plan.scanners) {
    const id = `${runName}-${target}`
    if (!known.has(id)) {
      await promoteModels({
        runFolder,
        registryFolder: REGISTRY_FOLDER,
        target,
        id,
        licence: "Apache-2.0",
        limits: ["learnt from simulated scanners and simulated fingers only"],
        clock: systemClock,
      })
    }
    models[target] = id
  }
  return models
}

async function askScanner(
  modelId: string,
  folder: string,
  samples: readonly Sample[],
  logLine: DemoHost["logLine"],
): Promise<void> {
  const predictor = await loadPredictor(modelId)
  try {
    for (const { path } of new Map(samples.map((sample) => [sample.scanner, sample])).values()) {
      const [verdict] = await predictor.predict([await readGrayImage(join(folder, path))])
      const { accepted, probTargetScanner, threshold } = defined(verdict)
      logLine(
        `  did ${predictor.targetScanner} take ${path}? ${accepted ? "yes" : "no"} (probability ` +
          `${probTargetScanner.toFixed(3)}, threshold ${threshold.toFixed(3)})`,
      )
    }
  } finally {
    predictor.dispose()
  }
}

async function askFinger(folder: string, samples: readonly Sample[], logLine: DemoHost["logLine"]): Promise<void> {
  const matcher = await loadMatcher("fingerprint", "minutiae")
  const first = defined(samples[0], "sample")
  const same = samples.find((s) => s.subject === first.subject && s.scanner !== first.scanner)
  const other = samples.find((s) => s.subject !== first.subject)
  const image = (sample: Sample) => readGrayImage(join(folder, sample.path))
  for (const [what, sample] of [
    ["the same finger on another unit", same],
    ["another person's finger", other],
  ] as const) {
    const probe = defined(sample, "sample")
    const { score } = await verifyPair(matcher, [await image(first)], await image(probe))
    logLine(`  ${first.path} against ${probe.path} (${what}): similarity ${score.toPrecision(4)}`)
  }
}
