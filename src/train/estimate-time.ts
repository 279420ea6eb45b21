import { join } from "node:path"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { encodeRegion } from "@sourceprint/model/view/encode-image.js"
import { regionOf } from "@sourceprint/model/view/patches.js"
import { epochOrder } from "./epoch-order.js"
import type { ImageInputs } from "./input-pipeline.js"
import { jobSamples, type LabelledSample } from "./job-samples.js"
import type { Configuration, ExperimentPlan, JobSpec } from "./plan.js"
import { trainedClassical, trainedLayers } from "./trained-model.js"
import { allRows, trainingRows } from "./training-rows.js"
import { trialStep } from "./trial-step.js"
import type { ModelPlan, TfModule } from "./zoo/model-entry.js"
import { planOf } from "./zoo/plan-of.js"

/** What a configuration takes, from a few images and steps that were really done. */
export interface MeasuredTime {
  readonly label: string
  /** Of one training step on a whole batch; 0 for a classical model. */
  readonly stepMs: number
  /** Steps of one job, if training is not stopped early. */
  readonly steps: number
  /** Of one job in seconds: training to the last epoch, dev figures, scores. */
  readonly jobSeconds: number
}

export interface TimeEstimate {
  /** Of the whole run, seconds; at most: early stopping makes it shorter. Reports come on top. */
  readonly seconds: number
  readonly measured: readonly MeasuredTime[]
  /** Configurations that were not measured and count as the mean of the others. */
  readonly unmeasured: number
}

/** Seconds that a job's process takes before its work, from what this process, engine included, has taken so far. */
export const startSeconds = (): number => Math.min(MOST_START_SECONDS, performance.now() / 1000)
/** Of a process that has done more than begin, the age says nothing. */
const MOST_START_SECONDS = 5

const MOST_MEASURED = 8
const FEW_IMAGES = 12
/** A classical model is fitted on so many, the few over and over: a part of a fit takes the same for any number. */
const MOST_FITTED_IMAGES = 400

/** How long the jobs of a plan take on this machine, `workers` at a time. Measures, writes nothing.
 *  @param startSeconds what a job's process takes before its work: engine and modules
 *  @throws AppError "image/unreadable", "split/…" */
export async function estimateTime(
  { configurations, jobs, config }: Pick<ExperimentPlan, "configurations" | "jobs" | "config">,
  samples: readonly Sample[],
  tf: TfModule,
  { workers, startSeconds, clock = systemClock }: { workers: number; startSeconds: number; clock?: Clock },
): Promise<TimeEstimate> {
  const measured: MeasuredTime[] = []
  const secondsOf = new Map<string, number>()
  let prepareMs = 0
  for (const configuration of configurations.slice(0, MOST_MEASURED)) {
    const job = defined(jobs.find((one) => one.configuration.id === configuration.id))
    const time = await measure(tf, config.dataset.folder, samples, job, clock)
    prepareMs += time.prepareMs * samples.length
    measured.push(time)
    secondsOf.set(configuration.id, time.jobSeconds)
  }
  const mean = measured.reduce((sum, { jobSeconds }) => sum + jobSeconds, 0) / measured.length
  const work = jobs.reduce((sum, { configuration: { id } }) => sum + startSeconds + (secondsOf.get(id) ?? mean), 0)
  return {
    seconds: prepareMs / 1000 + work / Math.min(workers, Math.max(1, jobs.length)),
    measured: measured.map(({ label, stepMs, steps, jobSeconds }) => ({ label, stepMs, steps, jobSeconds })),
    unmeasured: Math.max(0, configurations.length - measured.length),
  }
}

/** Milliseconds that `work` takes. */
async function timed<T>(clock: Clock, work: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const startMs = clock.monotonicMs()
  const value = await work()
  return { ms: clock.monotonicMs() - startMs, value }
}

async function measure(tf: TfModule, folder: string, selected: readonly Sample[], job: JobSpec, clock: Clock) {
  const { configuration } = job
  const { training } = configuration
  const plan = planOf(configuration)
  const samples = jobSamples(selected, job)
  const perImage = plan.augmentable ? configuration.augment.patchesPerImage : rowsPerImage(plan.input)
  const enough = plan.recipe.kind === "layers" ? Math.ceil(training.batchSize / perImage) : FEW_IMAGES
  const few = alternating(samples.train).slice(0, Math.max(2, enough))
  const prepared = await timed(clock, () => inputsOf(folder, few, plan))
  const inputs = prepared.value
  const handled = samples.eval.length * (job.perturb?.length ?? 0)
  const judged = samples.dev.length + samples.eval.length + samples.unseen.length + handled
  const trained = await trainBriefly(tf, configuration, plan, inputs, few, samples.train, clock)
  try {
    const predicted = await timed(clock, () => trained.model.predict(inputs.rows(0)))
    const devMs =
      trained.steps === 0 ? 0 : (training.epochs * samples.dev.length * predicted.ms) / rowsPerImage(plan.input)
    const ms = trained.fitMs + devMs + judged * predicted.ms
    return {
      label: configuration.label,
      stepMs: trained.stepMs,
      steps: trained.steps,
      jobSeconds: ms / 1000,
      prepareMs: prepared.ms / few.length,
    }
  } finally {
    trained.model.dispose()
  }
}

/** Target and others in turn, so that a few images have both answers. */
function alternating(samples: readonly LabelledSample[]): LabelledSample[] {
  const [targets, others] = [1, 0].map((label) => samples.filter((one) => one.label === label))
  return samples.flatMap((_, i) => [targets?.[i], others?.[i]].filter((one) => one !== undefined))
}

async function inputsOf(folder: string, few: readonly LabelledSample[], { input }: ModelPlan): Promise<ImageInputs> {
  const regions: GrayImage[] = []
  for (const { sample } of few) regions.push(regionOf(await readGrayImage(join(folder, sample.path)), input.region))
  const rows = regions.map((region) => encodeRegion(region, input))
  return { count: few.length, region: (i) => defined(regions[i]), rows: (i) => defined(rows[i]) }
}

/** A classical model fitted once, its time scaled to all images where there are more; of a network one step to warm up,
 *  then one that counts. */
async function trainBriefly(
  tf: TfModule,
  configuration: Configuration,
  plan: ModelPlan,
  inputs: ImageInputs,
  few: readonly LabelledSample[],
  all: readonly LabelledSample[],
  clock: Clock,
) {
  const { recipe, inputShape } = plan
  if (recipe.kind === "classical") {
    const images = all.length * (1 + (plan.handlings?.length ?? 0))
    const fitted = Math.min(images, MOST_FITTED_IMAGES)
    const again = Array.from({ length: fitted }, (_, i) => i % few.length)
    const repeated = { ...inputs, count: fitted, rows: (i: number) => inputs.rows(i % few.length) }
    const samples = again.map((i) => defined(few[i]))
    const rows = allRows(repeated, samples, plan)
    const { ms, value } = await timed(clock, () => recipe.fit(rows, rows, 1))
    return { model: trainedClassical(value), stepMs: 0, steps: 0, fitMs: (ms * images) / fitted }
  }
  const { training, augment } = configuration
  const perImage = plan.augmentable ? augment.patchesPerImage : rowsPerImage(plan.input)
  const classes = all.map(({ label, source }) => ({ label, scanner: source }))
  const units = epochOrder(classes, perImage, training.balance, new Rng("estimate")).length
  const steps = training.epochs * Math.ceil(units / training.batchSize)
  const network = recipe.build(tf, 1)
  recipe.adapt?.(tf, network, allRows(inputs, few, plan))
  const batches = trainingRows(inputs, few, configuration, plan, new Rng("estimate")).epoch(0)
  const step = trialStep(tf, configuration, network, inputShape, batches.at(0))
  await step()
  const { ms } = await timed(clock, step)
  const stepMs = ms / (training.shares ?? 1)
  return { model: trainedLayers(tf, network, inputShape), stepMs, steps, fitMs: steps * stepMs }
}
