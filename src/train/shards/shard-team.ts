import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { BatchExchange, withExchange } from "@sourceprint/engine/kernels/batch-exchange.js"
import type { EngineChoice } from "@sourceprint/engine/select-engine.js"
import type * as Tf from "@tensorflow/tfjs"
import type { Batch } from "../training-rows.js"
import { type LossConfig, type StepResult, trainingStep } from "../training-step.js"
import type { TfModule } from "../zoo/model-entry.js"
import type { ShardAnswer, ShardOrder, ShardSetup } from "./shard-message.js"

/** Layers that draw for the whole batch at once: a shard would draw otherwise. */
const drawing = new Set(["Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout"])

function requireShardable(model: Tf.LayersModel, backend: string): void {
  for (const layer of model.layers) {
    const kind = layer.getClassName()
    const { axis } = layer.getConfig() as { axis?: number }
    const last = axis === -1 || axis === (layer.outputShape as number[]).length - 1
    const normalises = kind === "BatchNormalization" && !(backend === "wasm" && last)
    if (!drawing.has(kind) && !normalises) continue
    const why = normalises ? "can be shared on engine wasm over the last axis only" : "draws for a whole batch"
    throw new AppError("fit/shards", `layer ${layer.name} (${kind}) ${why}; leave out training.shares for this model`)
  }
}

const shardOf = ({ rows, labels }: Batch, index: number, count: number): Batch => {
  const rowLength = rows.length / labels.length
  const edge = (i: number): number => Math.round((i * labels.length) / count)
  const [from, to] = [edge(index), edge(index + 1)]
  return { rows: rows.slice(from * rowLength, to * rowLength), labels: labels.slice(from, to) }
}

/** Data-parallel training of one model: each batch is cut into shards, this thread differentiates the first, a thread
 *  each the others, and the parts are added in the order of the shards. The result depends on their number alone, and
 *  differs from one shard's by the order of additions. */
export class ShardTeam {
  private constructor(
    private readonly tf: TfModule,
    private readonly model: Tf.LayersModel,
    private readonly inputShape: readonly number[],
    private readonly workers: readonly Worker[],
    private readonly weights: Float32Array,
    private readonly parts: readonly Float32Array[],
    private readonly exchange: BatchExchange,
  ) {}

  /** @param shards 2 or more @throws AppError "fit/shards" for a model with dropout, or with batch normalisation that
   *  the engine cannot shard */
  static async start(
    tf: TfModule,
    model: Tf.LayersModel,
    inputShape: readonly number[],
    shards: number,
    engine: EngineChoice,
  ): Promise<ShardTeam> {
    requireShardable(model, tf.getBackend())
    const sizeOf = (weights: readonly Tf.LayerVariable[]): number =>
      weights.reduce((sum, weight) => sum + weight.read().size, 0)
    const weights = new SharedArrayBuffer(4 * sizeOf(model.weights))
    const exchange = BatchExchange.memory(shards)
    const setups = Array.from(
      { length: shards - 1 },
      (_, i): ShardSetup => ({
        topology: JSON.stringify(model.toJSON(null, false)),
        inputShape,
        engine,
        weights,
        gradient: new SharedArrayBuffer(4 * sizeOf(model.trainableWeights)),
        exchange,
        index: i + 1,
        shards,
      }),
    )
    const workers = setups.map(
      (setup) => new Worker(new URL("./shard-worker.js", import.meta.url), { workerData: setup }),
    )
    const parts = setups.map(({ gradient }) => new Float32Array(gradient))
    const mine = BatchExchange.of(exchange, 0, shards)
    const team = new ShardTeam(tf, model, inputShape, workers, new Float32Array(weights), parts, mine)
    try {
      await Promise.all(workers.map(nextAnswer))
    } catch (error) {
      await team.close()
      throw error
    }
    return team
  }

  /** As `trainingStep`, on the model's weights as they are now. */
  async step(batch: Batch, config: LossConfig): Promise<StepResult> {
    const shards = this.workers.length + 1
    const ofBatch = batch.labels.length
    if (ofBatch < shards) return trainingStep(this.tf, this.model, this.inputShape, batch, config)
    let at = 0
    for (const weight of this.model.weights) {
      const values = weight.read().dataSync<"float32">()
      this.weights.set(values, at)
      at += values.length
    }
    const asked = this.workers.map((worker, i) => {
      const shard = shardOf(batch, i + 1, shards)
      worker.postMessage({ ...shard, ofBatch, config } satisfies ShardOrder)
      return nextAnswer(worker)
    })
    const others = Promise.all(asked) // heard from now on, so that a failure there is not missed here
    others.catch(() => {})
    const own = this.ownStep(shardOf(batch, 0, shards), config, ofBatch)
    let { lossSum, correct } = own
    for (const answer of await others) {
      if (answer.kind !== "stepped") continue
      lossSum += answer.lossSum
      correct += answer.correct
    }
    return { lossSum, correct, gradients: this.summed(own.gradients) }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }

  private ownStep(shard: Batch, config: LossConfig, ofBatch: number): StepResult {
    try {
      return withExchange(this.exchange, () =>
        trainingStep(this.tf, this.model, this.inputShape, shard, config, ofBatch),
      )
    } catch (error) {
      this.exchange.fail()
      throw error
    }
  }

  private summed(own: readonly Float32Array[]): Float32Array[] {
    let at = 0
    return this.model.trainableWeights.map((weight, i) => {
      const { size } = weight.read()
      const sum = defined(own[i], "gradient")
      for (const part of this.parts) for (let k = 0; k < size; k++) sum[k] = (sum[k] ?? 0) + (part[at + k] ?? 0)
      at += size
      return sum
    })
  }
}

async function nextAnswer(worker: Worker): Promise<ShardAnswer> {
  const gone = new AbortController()
  try {
    const [answer] = (await Promise.race([
      once(worker, "message", { signal: gone.signal }),
      once(worker, "exit", { signal: gone.signal }).then(() => [{ kind: "failed", message: "its thread ended" }]),
    ])) as [ShardAnswer]
    if (answer.kind === "failed") throw new AppError("fit/shard", `a shard of the batch failed: ${answer.message}`)
    return answer
  } finally {
    gone.abort()
  }
}
