import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type EngineChoice, selectEngine } from "@sourceprint/engine/select-engine.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { encodeRegion } from "@sourceprint/model/view/encode-image.js"
import { votes } from "@sourceprint/model/view/vote.js"
import { readCheckpoint, writeCheckpoint } from "./checkpoint.js"
import { conditionFigures, conditionsFile, formatConditions, type JudgedCondition } from "./conditions.js"
import { evaluateJob } from "./evaluate.js"
import { fit } from "./fit.js"
import { rowsWithHandled } from "./handled-rows.js"
import { datasetImages, type ImageInputs, openInputs, prepareInputs } from "./input-pipeline.js"
import {
  bootstrapGroup,
  type JobSamples,
  jobSamples,
  type LabelledSample,
  requireBothAnswers,
  selectSamples,
} from "./job-samples.js"
import { dropEpochs, keepEpochs } from "./live-run.js"
import { perturbedSets } from "./perturbed-inputs.js"
import type { JobSpec } from "./plan.js"
import { furtherFigures } from "./plugins/further-figures.js"
import { loadPlugins } from "./plugins/load-plugin.js"
import {
  type ConditionKind,
  type ConditionScore,
  checkpointPath,
  type EpochRecord,
  formatScores,
  inputsFolder,
  type JobDone,
  type JobMetrics,
  type JobScore,
  jobFolder,
  readRunJson,
  type Side,
  writeJson,
} from "./run-record.js"
import { jobDoneFile } from "./run-schemas.js"
import { sharedFits } from "./shared-fits.js"
import { type TrainedModel, trainedClassical, trainedLayers } from "./trained-model.js"
import { allRows, onePatchEach, sourceNames, trainingRows } from "./training-rows.js"
import { fileKind, type ModelPlan } from "./zoo/model-entry.js"
import { planOf } from "./zoo/plan-of.js"

/** What a launcher hands to the process of a job. */
export interface JobPayload {
  readonly runFolder: string
  readonly engine: EngineChoice
  /** Cores that the engine may use, where the launching side shares them out. */
  readonly threads?: number | undefined
  readonly checkpointEverySeconds: number
  readonly spec: JobSpec
}

type Inputs = Readonly<Record<keyof JobSamples, ImageInputs>>

/** Images that are judged under a condition. */
interface Condition {
  readonly kind: ConditionKind
  readonly condition: string
  readonly samples: readonly LabelledSample[]
  readonly inputs: ImageInputs
}

interface Trained {
  readonly model: TrainedModel
  readonly history: readonly EpochRecord[]
  readonly bestEpoch: number
  readonly resumes: number
}

/** One model trained, scored and written down: scores.csv, metrics.json, model/ and, last, done.json. The same payload
 *  leaves the same bytes on the same engine, whatever ran before, beside it or was killed half-way. */
export async function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const { runFolder, engine, threads, checkpointEverySeconds, spec } = payload as JobPayload
  const started = { wallMs: performance.now(), cpu: process.cpuUsage() }
  const folder = jobFolder(runFolder, spec.id)
  if ((await readRunJson(join(folder, "done.json"), jobDoneFile)) !== undefined) return "finished" // by another launch
  const selected = selectSamples(await readSamples(spec.dataset.folder), spec.dataset)
  const samples = jobSamples(selected, spec)
  requireBothAnswers(samples, spec)
  await loadPlugins(spec.configuration.plugins)
  const plan = planOf(spec.configuration)
  const inputs = await inputsOf(runFolder, spec, selected, samples, plan)

  const { tf } = await selectEngine(engine, { threads })
  const rng = new Rng(`cell/${spec.seed}/${spec.fold}/${spec.task.id}`)
  const store = {
    load: () => readCheckpoint(checkpointPath(runFolder, spec.id)),
    save: (checkpoint: Parameters<typeof writeCheckpoint>[1]) =>
      writeCheckpoint(checkpointPath(runFolder, spec.id), checkpoint),
    everyMs: 1000 * checkpointEverySeconds,
  }
  let epochs: Promise<unknown> = Promise.resolve()
  const onEpochs = (history: readonly EpochRecord[]): void => {
    const kept = [...history]
    epochs = epochs.then(() => keepEpochs(folder, kept)).catch(() => {}) // who watches sees less
  }
  const train = async (): Promise<Trained | undefined> => {
    const seed = rng.fork("weights").below(2 ** 31)
    const { recipe, inputShape } = plan
    if (recipe.kind === "classical") {
      const scanners = sourceNames([...samples.train, ...samples.dev])
      const rows = (side: "train" | "dev") =>
        rowsWithHandled(inputsFolder(runFolder), selected, spec, samples, side, plan, inputs[side], scanners)
      const shared = sharedFits(inputsFolder(runFolder))
      const model = trainedClassical(recipe.fit(await rows("train"), await rows("dev"), seed, shared))
      return { model, history: [], bestEpoch: 0, resumes: 0 }
    }
    const model = recipe.build(tf, seed)
    recipe.adapt?.(tf, model, allRows(inputs.train, samples.train, plan))
    const result = await fit({
      tf,
      model,
      engine,
      inputShape,
      training: spec.configuration.training,
      rows: trainingRows(inputs.train, samples.train, spec.configuration, plan, rng.fork("rows")),
      dev: onePatchEach(inputs.dev, samples.dev, plan),
      rng: rng.fork("fit"),
      checkpoints: store,
      control,
      onEpochs,
    })
    await epochs
    return result && { model: trainedLayers(tf, model, inputShape), ...result }
  }
  const trained = await train()
  if (trained === undefined) return "stopped"
  const scores = scoreImages(trained.model, inputs, samples, plan)
  const conditions = await conditionsOf(runFolder, spec, selected, samples, inputs, plan)
  const judged = conditions.flatMap(({ kind, condition, ...images }) =>
    scored(trained.model, images.inputs, images.samples, plan).map((row) => ({ kind, condition, ...row })),
  )
  const timeMs = msPerImage(trained.model, inputs, plan)
  const written = await writeResults(folder, spec, plan, samples, trained, scores, judged)
  trained.model.dispose()
  const { user, system } = process.cpuUsage(started.cpu)
  const done: JobDone = {
    cell: spec.id,
    wallSeconds: (performance.now() - started.wallMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    msPerImage: timeMs,
    resumes: trained.resumes,
    ...written,
  }
  await writeJson(join(folder, "done.json"), done)
  await dropEpochs(folder)
  for (const path of [checkpointPath(runFolder, spec.id), join(folder, "failure.json")]) await rm(path, { force: true })
  return "finished"
}

async function inputsOf(
  runFolder: string,
  spec: JobSpec,
  selected: readonly Sample[],
  samples: JobSamples,
  { input }: ModelPlan,
): Promise<Inputs> {
  const folder = inputsFolder(runFolder)
  // Nothing to do when the launch prepared it.
  await prepareInputs(folder, datasetImages(spec.dataset.folder), selected, [input])
  const open = (side: keyof JobSamples): Promise<ImageInputs> =>
    openInputs(
      folder,
      input,
      samples[side].map(({ index }) => index),
    )
  return {
    train: await open("train"),
    dev: await open("dev"),
    eval: await open("eval"),
    unseen: await open("unseen"),
  }
}

/** The scanner that was left out, then the eval images after each chain of steps. */
async function conditionsOf(
  runFolder: string,
  spec: JobSpec,
  selected: readonly Sample[],
  samples: JobSamples,
  inputs: Inputs,
  { input }: ModelPlan,
): Promise<Condition[]> {
  const conditions: Condition[] = []
  if (samples.unseen.length > 0)
    conditions.push({ kind: "unseen", condition: "never seen", samples: samples.unseen, inputs: inputs.unseen })
  for (const set of perturbedSets(selected, spec)) {
    const folder = inputsFolder(runFolder)
    await prepareInputs(folder, set.source, set.samples, [input])
    const place = new Map(set.samples.map(({ path }, index) => [path, index]))
    const judged = samples.eval.filter(({ sample }) => place.has(sample.path))
    const indexes = judged.map(({ sample }) => place.get(sample.path) ?? -1)
    conditions.push({
      kind: set.isForgery ? "forged" : "handled",
      condition: set.name,
      samples: judged,
      inputs: await openInputs(folder, input, indexes, set.source.key),
    })
  }
  return conditions
}

/** Every dev and eval image, its patches put to the vote. */
function scoreImages(model: TrainedModel, inputs: Inputs, samples: JobSamples, plan: ModelPlan): JobScore[] {
  return (["dev", "eval"] as const satisfies readonly Side[]).flatMap((side) =>
    scored(model, inputs[side], samples[side], plan).map((row) => ({ side, ...row })),
  )
}

function scored(
  model: TrainedModel,
  inputs: ImageInputs,
  samples: readonly LabelledSample[],
  { input }: ModelPlan,
): Omit<JobScore, "side">[] {
  return samples.map(({ sample, label, source }, i) => {
    const score = defined(votes(model.predict(inputs.rows(i)), rowsPerImage(input), input.vote)[0])
    return { path: sample.path, scanner: source, group: bootstrapGroup(sample), label, score }
  })
}

const TIMED_IMAGES = 9

/** Median milliseconds from a region in memory to a probability, features included: rows that were kept for training
 *  are made again. */
function msPerImage(model: TrainedModel, { eval: images }: Inputs, { input }: ModelPlan): number {
  const spentMs = Array.from({ length: Math.min(TIMED_IMAGES, images.count) }, (_, i) => {
    const startMs = performance.now()
    votes(model.predict(encodeRegion(images.region(i), input)), rowsPerImage(input), input.vote)
    return performance.now() - startMs
  }).sort((a, b) => a - b)
  return defined(spentMs[Math.floor(spentMs.length / 2)])
}

async function writeResults(
  folder: string,
  spec: JobSpec,
  { input, recipe }: ModelPlan,
  samples: JobSamples,
  { model, history, bestEpoch }: Trained,
  scores: readonly JobScore[],
  judged: readonly ConditionScore[],
): Promise<Pick<JobDone, "files" | "modelBytes">> {
  const count = (side: readonly LabelledSample[]) => {
    const target = side.filter(({ label }) => label === 1).length
    return { target, others: side.length - target }
  }
  const evaluation = evaluateJob(scores, spec.decision, `dev of fold ${spec.fold}`)
  const decided = (row: ConditionScore): JudgedCondition => ({
    ...row,
    target: spec.task.target,
    accepted: row.score >= evaluation.threshold.threshold,
  })
  const metrics: JobMetrics = {
    cell: spec.id,
    arm: spec.configuration.id,
    task: spec.task.id,
    fold: spec.fold,
    seed: spec.seed,
    model: {
      id: spec.configuration.model.id,
      kind: model.kind,
      fileKind: fileKind(recipe),
      parameterCount: model.parameterCount,
      input,
    },
    images: { train: count(samples.train), dev: count(samples.dev), eval: count(samples.eval) },
    history,
    bestEpoch,
    ...evaluation,
    ...furtherFigures(scores, evaluation.threshold.threshold, spec.configuration.plugins),
    ...(judged.length === 0 ? {} : { conditions: conditionFigures(judged.map(decided)) }),
  }
  const modelFiles = await model.files()
  for (const [name, bytes] of modelFiles) await writeFileAtomic(join(folder, "model", name), bytes)
  const scoresText = formatScores(scores)
  await writeFileAtomic(join(folder, "scores.csv"), scoresText)
  const conditionsText = formatConditions(judged)
  if (judged.length > 0) await writeFileAtomic(join(folder, conditionsFile), conditionsText)
  const metricsText = await writeJson(join(folder, "metrics.json"), metrics)
  await removeLeftovers(folder)
  return {
    modelBytes: [...modelFiles.values()].reduce((sum, bytes) => sum + bytes.length, 0),
    files: {
      "scores.csv": sha256Hex(scoresText),
      ...(judged.length > 0 ? { [conditionsFile]: sha256Hex(conditionsText) } : {}),
      "metrics.json": sha256Hex(metricsText),
      ...Object.fromEntries([...modelFiles].map(([name, bytes]) => [`model/${name}`, sha256Hex(bytes)])),
    },
  }
}

/** Temporary files of a process that was killed while it wrote. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(".") && name.endsWith(".tmp")) await rm(join(folder, name), { force: true })
  }
}
