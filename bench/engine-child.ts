/** One engine in one process, driven by messages: so that engines are measured turn by turn in one run. */

import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { startStockWasm } from "@sourceprint/engine/wasm-backend.js"
import * as tf from "@tensorflow/tfjs"
import { type BenchModel, batchFor, benchTrainer, mobileNet, plainCnn, residualNet, smallCnn } from "./engine-models.js"

/** "stock" is tfjs' own wasm backend, its missing gradients composed of the kernels it has; "keras" is Python's
 *  (test/peers/python/keras_engine.py). */
export type Peer = "wasm" | "stock" | "native" | "cpu" | "keras"
export const benchModels = { plainCnn, mobileNet, residualNet, smallCnn } satisfies Record<string, BenchModel>

export type Order =
  | {
      readonly kind: "load"
      readonly peer: Peer
      readonly model: keyof typeof benchModels
      readonly batchSize?: number
    }
  | { readonly kind: "train"; readonly steps: number }
  | { readonly kind: "infer"; readonly images: number }
  | { readonly kind: "memory" }

export interface Answer {
  /** CPU and clock time of what was ordered. */
  readonly cpuMs: number
  readonly wallMs: number
  readonly losses: readonly number[]
  readonly tensors: number
  readonly residentMb: number
  readonly error?: string
}

interface Loaded {
  readonly model: tf.LayersModel
  /** Of one image of the batch. */
  readonly imageShape: number[]
  readonly images: Float32Array
  readonly trainStep: () => Promise<number>
}
let loaded: Loaded | undefined

async function load(peer: Peer, name: keyof typeof benchModels, batchSize?: number): Promise<void> {
  if (peer === "keras") throw new Error("Keras is a process of its own")
  if (peer === "stock") await startStockWasm()
  else await selectEngine(peer)
  const spec = benchModels[name]
  const [model, batch] = [spec.build(tf), batchFor(tf, spec, batchSize)]
  const trainStep = benchTrainer(tf, spec, model, batch)
  loaded = { model, imageShape: [1, ...spec.inputShape], images: batch.rows, trainStep }
}

async function carryOut(order: Order): Promise<number[]> {
  if (order.kind === "load") {
    await load(order.peer, order.model, order.batchSize)
    return []
  }
  if (loaded === undefined) throw new Error("no model is loaded")
  const { model, imageShape, images, trainStep } = loaded
  if (order.kind === "train") {
    const losses: number[] = []
    for (let i = 0; i < order.steps; i++) losses.push(await trainStep())
    return losses
  }
  if (order.kind === "infer") {
    for (let i = 0; i < order.images; i++) {
      const one = tf.tensor(images.subarray(0, tf.util.sizeFromShape(imageShape)), imageShape)
      const out = model.predict(one) as tf.Tensor
      await out.data()
      tf.dispose([one, out])
    }
  }
  if (order.kind === "memory") globalThis.gc?.()
  return []
}

process.on("message", async (order: Order) => {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  let [losses, error]: [number[], string | undefined] = [[], undefined]
  try {
    losses = await carryOut(order)
  } catch (e) {
    error = e instanceof Error ? e.message : String(e)
  }
  const { user, system } = process.cpuUsage(cpu)
  const answer: Answer = {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - wall,
    losses,
    tensors: tf.memory().numTensors,
    residentMb: process.memoryUsage.rss() / 2 ** 20,
    ...(error === undefined ? {} : { error }),
  }
  process.send?.(answer)
})
