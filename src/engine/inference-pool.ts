/** Answers of one model from workers that keep engine and model warm, with a bounded queue. */

import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type * as tf from "@tensorflow/tfjs"
import { Piscina } from "piscina"
import type { EngineChoice } from "./select-engine.js"

export interface InferencePoolOptions {
  /** The model as tf.io handlers pass it: topology, weight specs and weight data. */
  readonly artifacts: tf.io.ModelArtifacts
  readonly engine: EngineChoice
  /** Worker threads, each with its own engine and copy of the weights; at least 1. */
  readonly workers: number
  /** Requests that may wait beside those being answered; at least 1. */
  readonly maxWaiting: number
}

export interface InferenceRequest {
  /** Row-major images one after the other, count * product of the model's input shape values. */
  readonly images: Float32Array
  readonly count: number
}

export class InferencePool {
  private readonly pool: Piscina<InferenceRequest, Float32Array>
  private readonly maxWaiting: number
  private lastFailure: Error | undefined

  private constructor(options: InferencePoolOptions) {
    this.maxWaiting = options.maxWaiting
    this.pool = new Piscina({
      filename: new URL("inference-worker.js", import.meta.url).href,
      minThreads: options.workers,
      maxThreads: options.workers,
      maxQueue: options.maxWaiting,
      name: "answer",
      workerData: { artifacts: options.artifacts, engine: options.engine },
    })
    // A worker that dies without a task of its own is reported here only; Piscina has started another by then, and
    // without a listener the process would end.
    this.pool.on("error", (error: Error) => {
      this.lastFailure = error
    })
  }

  /** Starts the workers; each has loaded the model and answered one blank image when this resolves. */
  static async start(options: InferencePoolOptions): Promise<InferencePool> {
    if (!(options.workers >= 1) || !(options.maxWaiting >= 1)) {
      throw new RangeError("an inference pool needs at least one worker and room for one waiting request")
    }
    const pool = new InferencePool(options)
    try {
      const blank = { images: new Float32Array(0), count: 0 }
      await Promise.all(Array.from({ length: options.workers }, () => pool.pool.run(blank)))
    } catch (error) {
      await pool.close()
      const cause = pool.lastFailure ?? error
      throw new AppError(
        "engine/model",
        `the model does not load in an inference worker: ${messageOf(cause)}`,
        {
          cause,
        },
      )
    }
    return pool
  }

  /** The model's outputs, one after the other.
   *  @throws AppError engine/busy when the queue is full: answer "try again", do not wait
   *  @throws RangeError when the values do not fill `count` images */
  async predict(request: InferenceRequest): Promise<Float32Array> {
    if (this.pool.queueSize >= this.maxWaiting) {
      throw new AppError("engine/busy", `${this.maxWaiting} requests wait already; try again in a moment`)
    }
    return await this.pool.run(request)
  }

  /** Requests that wait for a free worker. */
  get waiting(): number {
    return this.pool.queueSize
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}
