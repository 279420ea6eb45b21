/** One model trained on several cores: each worker differentiates its share of the batch, all add the same gradients in
 *  the same order and take the same step, so the copies never drift apart. */
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import type * as tf from "@tensorflow/tfjs"
import { AppError } from "../errors.js"
import type { EngineChoice } from "./select-engine.js"

/** A loss that is a mean over the images, so that shares of a batch can be weighed and added. */
export type ParallelLoss = "binaryCrossentropy" | "meanSquaredError" | "categoricalCrossentropy"

export interface ParallelTrainingOptions {
  /** Topology and starting weights. */
  readonly model: tf.LayersModel
  readonly loss: ParallelLoss
  /** Adam's learning rate; its other settings are tfjs' defaults. */
  readonly learningRate: number
  readonly workers: number
  readonly engine: EngineChoice
}

/** What a worker is started with. */
export interface ShareSetup {
  readonly topology: string
  readonly weights: readonly Float32Array[]
  readonly loss: ParallelLoss
  readonly learningRate: number
  readonly engine: EngineChoice
  /** One slot of `gradientLength` floats a worker; worker `index` writes slot `index`, all read all. */
  readonly gradients: SharedArrayBuffer
  readonly gradientLength: number
  readonly index: number
  readonly workers: number
}

export type ToShare =
  | {
      readonly kind: "differentiate"
      readonly images: Float32Array
      readonly labels: Float32Array
      readonly count: number
      readonly ofBatch: number
    }
  | { readonly kind: "step" }
  | { readonly kind: "weights" }
export type FromShare =
  | { readonly kind: "ready" | "stepped" }
  | { readonly kind: "differentiated"; readonly loss: number }
  | { readonly kind: "weights"; readonly weights: Float32Array[] }
  | { readonly kind: "failed"; readonly message: string }

/** Layers whose result for one image depends on the others of its batch: a share is not the batch there. */
const acrossImages = new Set(["BatchNormalization"])

export class ParallelTrainer {
  private readonly workers: readonly Worker[]

  private constructor(workers: readonly Worker[]) {
    this.workers = workers
  }

  /** @throws AppError engine/parallel for a model with batch normalization, which training alone would see otherwise */
  static async start(options: ParallelTrainingOptions): Promise<ParallelTrainer> {
    const { model, workers: count } = options
    if (!(count >= 1)) throw new RangeError("data-parallel training needs at least one worker")
    const across = model.layers.find((layer) => acrossImages.has(layer.getClassName()))
    if (across !== undefined) {
      throw new AppError(
        "engine/parallel",
        `layer ${across.name} normalizes over the whole batch; train this model in one process`,
      )
    }
    const gradientLength = model.trainableWeights.reduce((n, w) => n + w.read().size, 0)
    const gradients = new SharedArrayBuffer(4 * gradientLength * count)
    const weights = model.getWeights().map((w) => Float32Array.from(w.dataSync()))
    const topology = JSON.stringify(model.toJSON(null, false))
    const { loss, learningRate, engine } = options
    const workers = Array.from({ length: count }, (_, index) => {
      const setup: ShareSetup = {
        topology,
        weights,
        loss,
        learningRate,
        engine,
        gradients,
        gradientLength,
        index,
        workers: count,
      }
      return new Worker(new URL("data-parallel-worker.js", import.meta.url), { workerData: setup })
    })
    const trainer = new ParallelTrainer(workers)
    try {
      await Promise.all(workers.map((worker) => answerOf(worker)))
    } catch (error) {
      await trainer.close()
      throw error
    }
    return trainer
  }

  /** One step on a batch. `images` and `labels` are row-major, `count` images; the last shares may be one smaller, and
   *  a share may be empty. @returns the mean loss over the batch before the step */
  async step(images: Float32Array, labels: Float32Array, count: number): Promise<number> {
    const [imageSize, labelSize] = [images.length / count, labels.length / count]
    if (!(count >= 1) || !Number.isInteger(imageSize) || !Number.isInteger(labelSize)) {
      throw new RangeError(`${images.length} and ${labels.length} values are not ${count} images and labels`)
    }
    const bound = (i: number): number => Math.round((i * count) / this.workers.length)
    const losses = await Promise.all(
      this.workers.map(async (worker, i) => {
        const [from, to] = [bound(i), bound(i + 1)]
        const answer = await ask(worker, {
          kind: "differentiate",
          images: images.slice(from * imageSize, to * imageSize),
          labels: labels.slice(from * labelSize, to * labelSize),
          count: to - from,
          ofBatch: count,
        })
        return answer.kind === "differentiated" ? answer.loss : Number.NaN
      }),
    )
    await Promise.all(this.workers.map((worker) => ask(worker, { kind: "step" })))
    return losses.reduce((a, b) => a + b, 0)
  }

  /** Writes the trained weights into a model of the same topology. */
  async copyWeightsTo(model: tf.LayersModel, engine: typeof tf): Promise<void> {
    const answer = await ask(this.workers[0] as Worker, { kind: "weights" })
    if (answer.kind !== "weights") throw new TypeError(`a worker answered ${answer.kind} for its weights`)
    const shapes = model.getWeights().map((w) => w.shape)
    const tensors = answer.weights.map((values, i) => engine.tensor(values, shapes[i] as number[]))
    model.setWeights(tensors)
    engine.dispose(tensors)
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }
}

async function answerOf(worker: Worker): Promise<FromShare> {
  const [answer] = (await once(worker, "message")) as [FromShare]
  if (answer.kind === "failed")
    throw new AppError("engine/parallel", `a training worker failed: ${answer.message}`)
  return answer
}

async function ask(worker: Worker, message: ToShare): Promise<FromShare> {
  const answer = answerOf(worker)
  worker.postMessage(message)
  return await answer
}
