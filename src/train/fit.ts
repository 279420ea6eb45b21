import { setImmediate as nextTurn } from "node:timers/promises"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { EngineChoice } from "@sourceprint/engine/select-engine.js"
import type * as Tf from "@tensorflow/tfjs"
import type { Checkpoint } from "./checkpoint.js"
import { learningRateFactor } from "./learning-rate.js"
import { newOptimiserState, type OptimiserState } from "./optimiser.js"
import type { ResolvedTraining } from "./plan.js"
import type { EpochRecord } from "./run-record.js"
import { ShardTeam } from "./shards/shard-team.js"
import type { Batch, TrainingRows } from "./training-rows.js"
import {
  type LossConfig,
  type StepResult,
  trainableWeights,
  trainBatch,
  trainingStep,
  weightedLoss,
} from "./training-step.js"
import type { TfModule } from "./zoo/model-entry.js"

/** Where a fit saves its state and finds it again. */
export interface CheckpointStore {
  load(): Promise<Checkpoint | undefined>
  save(checkpoint: Checkpoint): Promise<void>
  /** Saved at the end of an epoch, or between two batches, when this long has passed since the last time. */
  readonly everyMs: number
}

export interface FitRequest {
  readonly tf: TfModule
  /** Fresh, measured layers set; on return it has the best weights. */
  readonly model: Tf.LayersModel
  /** For the threads of `training.shares`. */
  readonly engine: EngineChoice
  /** Shape of one row. */
  readonly inputShape: readonly number[]
  readonly training: ResolvedTraining
  readonly rows: TrainingRows
  /** Looked at after every epoch. */
  readonly dev: Batch
  readonly rng: Rng
  readonly checkpoints: CheckpointStore
  readonly control: JobControl
  /** Told of all epochs so far, after each. */
  readonly onEpochs?: (history: readonly EpochRecord[]) => void
}

export interface FitResult {
  readonly history: readonly EpochRecord[]
  readonly bestEpoch: number
  readonly resumes: number
}

/** Everything between two batches, but the arrays. Random draws follow from (seed, epoch, batch), so these counters are
 *  the whole state of shuffling, augmentation and dropout. */
interface Counters {
  epoch: number
  batch: number
  lossSum: number
  hits: number
  seen: number
  optimiserStep: number
  bestEpoch: number
  bestFigure: number
  resumes: number
  history: EpochRecord[]
}

/** Trains with early stopping; the best epoch's weights are restored at the end. Stopped and called again with the same
 *  request it continues from the last checkpoint and ends with the same bits.
 *  @returns undefined when `control.stopping` was seen (the state is saved)
 *  @throws AppError "fit/diverged" when the loss is not a number */
export async function fit(request: FitRequest): Promise<FitResult | undefined> {
  const { tf, model, engine, inputShape, training } = request
  const { shares: shards = 1 } = training
  if (shards === 1) {
    return fitWith(request, (batch, config) => trainingStep(tf, model, inputShape, batch, config))
  }
  const team = await ShardTeam.start(tf, model, inputShape, shards, engine)
  try {
    return await fitWith(request, (batch, config) => team.step(batch, config))
  } finally {
    await team.close()
  }
}

type Step = (batch: Batch, config: LossConfig) => StepResult | Promise<StepResult>

async function fitWith(request: FitRequest, differentiate: Step): Promise<FitResult | undefined> {
  const { tf, model, training, rows, dev, rng, checkpoints, control } = request
  const start = await begin(request)
  const { weights, optimiser, counters } = start
  const trained = { tf, model, weights, optimiser }
  let best = start.best
  let savedMs = performance.now()
  const save = async (): Promise<void> => {
    const arrays = { weights: readWeights(model), slots: optimiser.slots, best }
    await checkpoints.save({ state: { ...counters, optimiserStep: optimiser.step }, arrays })
    savedMs = performance.now()
  }
  const due = (): boolean => performance.now() - savedMs >= checkpoints.everyMs
  const improves = (figure: number): boolean =>
    training.stopOn === "dev-loss" ? figure < counters.bestFigure : figure > counters.bestFigure
  const isOver = (): boolean =>
    counters.epoch >= training.epochs ||
    (counters.bestEpoch > 0 && counters.epoch - counters.bestEpoch >= training.patience)

  while (!isOver()) {
    const batches = rows.epoch(counters.epoch)
    while (counters.batch < batches.count) {
      await nextTurn() // lets "stop" and the launching process' death through
      if (control.stopping) {
        await save()
        return undefined
      }
      const progressed = counters.epoch + counters.batch / batches.count
      const learningRate = training.learningRate * learningRateFactor(training.schedule, progressed, training.epochs)
      const batch = batches.at(counters.batch)
      const layersRng = rng.fork(`layers/${counters.epoch}/${counters.batch}`)
      const loss = { classWeights: rows.classWeights, labelSmoothing: training.labelSmoothing }
      const step = await trainBatch(trained, optimiserConfig(training), learningRate, layersRng, () =>
        differentiate(batch, loss),
      )
      if (!Number.isFinite(step.lossSum)) {
        throw new AppError(
          "fit/diverged",
          `the loss is not a number in epoch ${counters.epoch + 1}; lower training.learningRate ` + `(${learningRate})`,
        )
      }
      counters.batch++
      counters.lossSum += step.lossSum
      counters.hits += step.correct
      counters.seen += batch.labels.length
      control.progress(
        Math.min(1, progressed / training.epochs),
        `epoch ${counters.epoch + 1}/${training.epochs} loss ${(counters.lossSum / counters.seen).toFixed(4)}`,
      )
      if (counters.batch < batches.count && due()) await save()
    }
    const figures = devFigures(tf, model, request.inputShape, dev)
    counters.epoch++
    counters.history.push({
      epoch: counters.epoch,
      learningRate: training.learningRate * learningRateFactor(training.schedule, counters.epoch - 1, training.epochs),
      trainLoss: counters.lossSum / counters.seen,
      trainAccuracy: counters.hits / counters.seen,
      ...figures,
    })
    const figure = training.stopOn === "dev-loss" ? figures.devLoss : figures.devAccuracy
    if (counters.bestEpoch === 0 || improves(figure)) {
      counters.bestEpoch = counters.epoch
      counters.bestFigure = figure
      best = readWeights(model)
    }
    Object.assign(counters, { batch: 0, lossSum: 0, hits: 0, seen: 0 })
    request.onEpochs?.(counters.history)
    if (due() && !isOver()) await save()
  }
  setWeights(tf, model, best)
  return { history: counters.history, bestEpoch: counters.bestEpoch, resumes: counters.resumes }
}

export const optimiserConfig = ({ optimiser }: ResolvedTraining) =>
  optimiser.kind === "adam" ? { kind: optimiser.kind, momentum: 0 } : optimiser

/** A fresh start, or the state of the last checkpoint. */
async function begin({ tf, model, training, checkpoints }: FitRequest) {
  const saved = await checkpoints.load()
  if (saved !== undefined) setWeights(tf, model, defined(saved.arrays.weights))
  const weights = trainableWeights(model)
  if (saved === undefined) {
    const counters: Counters = {
      epoch: 0,
      batch: 0,
      lossSum: 0,
      hits: 0,
      seen: 0,
      optimiserStep: 0,
      bestEpoch: 0,
      bestFigure: 0,
      resumes: 0,
      history: [],
    }
    const optimiser = newOptimiserState(
      optimiserConfig(training),
      weights.map(({ length }) => length),
    )
    return { weights, optimiser, counters, best: [] as readonly Float32Array[] }
  }
  const counters = saved.state as Counters
  counters.resumes++
  const slots = [...defined(saved.arrays.slots)]
  const optimiser: OptimiserState = { step: counters.optimiserStep, slots }
  return { weights, optimiser, counters, best: defined(saved.arrays.best) }
}

/** Copies of all weights, trainable or not, in the model's order. */
export const readWeights = (model: Tf.LayersModel): Float32Array[] =>
  model.weights.map((weight) => weight.read().dataSync<"float32">().slice())

/** Past the constraints: what was read once is put back bit by bit. */
function setWeights(tf: TfModule, model: Tf.LayersModel, values: readonly Float32Array[]): void {
  tf.tidy(() => {
    for (const [i, weight] of model.weights.entries()) {
      const variable = weight.read() as Tf.Variable
      variable.assign(tf.tensor(defined(values[i], "weight"), variable.shape))
    }
  })
}

const DEV_BATCH = 64

/** Probabilities of rows, `DEV_BATCH` at a time. */
export function predictRows(
  tf: TfModule,
  model: Tf.LayersModel,
  inputShape: readonly number[],
  rows: Float32Array,
): Float32Array {
  const length = inputShape.reduce((a, b) => a * b, 1)
  const count = rows.length / length
  const out = new Float32Array(count)
  for (let first = 0; first < count; first += DEV_BATCH) {
    const n = Math.min(DEV_BATCH, count - first)
    const part = rows.subarray(first * length, (first + n) * length)
    tf.tidy(() => {
      out.set((model.apply(tf.tensor(part, [n, ...inputShape])) as Tf.Tensor).dataSync<"float32">(), first)
    })
  }
  return out
}

/** Loss and accuracy with both classes weighing the same, so that they mean the same for every task. */
function devFigures(tf: TfModule, model: Tf.LayersModel, inputShape: readonly number[], dev: Batch) {
  const probabilities = predictRows(tf, model, inputShape, dev.rows)
  const target = dev.labels.reduce((sum, label) => sum + label, 0)
  const others = dev.labels.length - target
  const classWeights = [others > 0 ? 0.5 / others : 0, target > 0 ? 0.5 / target : 0] as const
  const { lossSum } = weightedLoss(probabilities, dev.labels, { classWeights, labelSmoothing: 0 })
  const right = (label: number): number =>
    probabilities.reduce((sum, p, i) => sum + (dev.labels[i] === label && p >= 0.5 === (label === 1) ? 1 : 0), 0)
  return { devLoss: lossSum, devAccuracy: classWeights[0] * right(0) + classWeights[1] * right(1) }
}
