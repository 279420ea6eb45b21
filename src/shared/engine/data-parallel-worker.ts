/** The thread behind ParallelTrainer: a copy of the model, its share of the gradients, the common step. */
import { parentPort, workerData } from "node:worker_threads"
import type * as tf from "@tensorflow/tfjs"
import { messageOf } from "../errors.js"
import type { FromShare, ParallelLoss, ShareSetup, ToShare } from "./data-parallel.js"
import { selectEngine } from "./select-engine.js"

if (parentPort === null) throw new TypeError("data-parallel-worker runs in a worker thread only")
const port = parentPort
const setup = workerData as ShareSetup
const { tf: engine } = await selectEngine(setup.engine)
const model = (await engine.models.modelFromJSON(JSON.parse(setup.topology))) as tf.LayersModel
const starting = setup.weights.map((w, i) => engine.tensor(w, model.getWeights()[i]?.shape as number[]))
model.setWeights(starting)
engine.dispose(starting)
const optimizer = engine.train.adam(setup.learningRate)
const inputShape = (model.inputs[0]?.shape ?? []).slice(1) as number[]
const outputShape = (model.outputs[0]?.shape ?? []).slice(1) as number[]
const variables = model.trainableWeights.map((w) => w.read() as tf.Variable)
const slot = (index: number): Float32Array =>
  new Float32Array(setup.gradients, 4 * index * setup.gradientLength, setup.gradientLength)

const lossOf: Readonly<Record<ParallelLoss, (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor>> = {
  binaryCrossentropy: (y, p) => engine.metrics.binaryCrossentropy(y, p),
  categoricalCrossentropy: (y, p) => engine.metrics.categoricalCrossentropy(y, p),
  meanSquaredError: (y, p) => engine.metrics.meanSquaredError(y, p),
}

/** Writes this share's part of the batch's gradient. @returns its part of the batch's mean loss */
function differentiate(images: Float32Array, labels: Float32Array, count: number, ofBatch: number): number {
  const mine = slot(setup.index)
  if (count === 0) {
    mine.fill(0)
    return 0
  }
  return engine.tidy(() => {
    const x = engine.tensor(images, [count, ...inputShape])
    const y = engine.tensor(labels, [count, ...outputShape])
    const { value, grads } = engine.variableGrads(() => {
      const each = lossOf[setup.loss](y, model.apply(x, { training: true }) as tf.Tensor)
      const penalties = model.calculateLosses() // of weight regularizers; the shares add up to one whole
      const whole = penalties.reduce((sum: tf.Tensor, penalty) => engine.add(sum, penalty), engine.mean(each))
      return engine.mul(whole, count / ofBatch) as tf.Scalar
    }, variables)
    let at = 0
    for (const variable of variables) {
      mine.set(grads[variable.name]?.dataSync() ?? new Float32Array(variable.size), at)
      at += variable.size
    }
    return value.dataSync()[0] as number
  })
}

/** Adds all shares in the order of the workers and takes the optimizer's step. */
function step(): void {
  engine.tidy(() => {
    const sum = Float32Array.from(slot(0))
    for (let i = 1; i < setup.workers; i++) {
      const other = slot(i)
      for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + (other[k] as number)
    }
    let at = 0
    const gradients = variables.map((variable) => {
      const tensor = engine.tensor(sum.subarray(at, at + variable.size), variable.shape)
      at += variable.size
      return { name: variable.name, tensor }
    })
    optimizer.applyGradients(gradients)
  })
}

function answer(message: ToShare): FromShare {
  if (message.kind === "differentiate") {
    const { images, labels, count, ofBatch } = message
    return { kind: "differentiated", loss: differentiate(images, labels, count, ofBatch) }
  }
  if (message.kind === "step") {
    step()
    return { kind: "stepped" }
  }
  return { kind: "weights", weights: model.getWeights().map((w) => Float32Array.from(w.dataSync())) }
}

port.on("message", (message: ToShare) => {
  try {
    port.postMessage(answer(message))
  } catch (error) {
    port.postMessage({ kind: "failed", message: messageOf(error) } satisfies FromShare)
  }
})
port.postMessage({ kind: "ready" } satisfies FromShare)
