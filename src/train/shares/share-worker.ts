/** The thread behind `ShareTeam`: a copy of the model that differentiates its share of each batch. */
import { parentPort, workerData } from "node:worker_threads"
import { messageOf } from "@sourceprint/core/errors.js"
import { BatchExchange, withExchange } from "@sourceprint/engine/kernels/batch-exchange.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import type * as Tf from "@tensorflow/tfjs"
import "@sourceprint/model/layers/residual-conv.js"
import "@sourceprint/model/layers/standardise.js"
import { trainingStep } from "../training-step.js"
import type { ShareAnswer, ShareOrder, ShareSetup } from "./share-message.js"

if (parentPort === null) throw new TypeError("share-worker runs in a worker thread only")
const port = parentPort
const setup = workerData as ShareSetup
const { tf } = await selectEngine(setup.engine)
const model = (await tf.models.modelFromJSON(JSON.parse(setup.topology))) as Tf.LayersModel
const [weights, gradient] = [new Float32Array(setup.weights), new Float32Array(setup.gradient)]

function assign(variable: Tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape)
  variable.assign(tensor)
  tensor.dispose()
}

const exchange = BatchExchange.of(setup.exchange, setup.index, setup.shares)

function step({ rows, labels, ofBatch, config }: ShareOrder): ShareAnswer {
  let at = 0
  for (const weight of model.weights) {
    const variable = weight.read() as Tf.Variable
    assign(variable, weights.slice(at, at + variable.size))
    at += variable.size
  }
  const { lossSum, hits, gradients } = withExchange(exchange, () =>
    trainingStep(tf, model, setup.inputShape, { rows, labels }, config, ofBatch),
  )
  at = 0
  for (const part of gradients) {
    gradient.set(part, at)
    at += part.length
  }
  return { kind: "stepped", lossSum, hits }
}

const answer = (message: ShareAnswer): void => port.postMessage(message)
port.on("message", (order: ShareOrder) => {
  try {
    answer(step(order))
  } catch (error) {
    exchange.fail()
    answer({ kind: "failed", message: messageOf(error) })
  }
})
answer({ kind: "ready" })
